// The verb `audit` on a user's series: a score for every value, how strange it is for one who has
// seen the rows taken as normal.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/options.h"
#include "offprint/core/plot.h"
#include "offprint/core/table.h"
#include "offprint/data/series.h"
#include "offprint/tasks/audit_methods.h"

namespace offprint::tasks {

struct AuditOptions {
  std::string method = "chimera";
  double normal = 0.5;
  int64_t smooth = 1;
  double level = 0.999;
  std::string missing = "error";
  AuditModelOptions of_method = {};
  void visit(auto&& field) {
    field("normal", normal, "share of the rows, from the first on, that are taken as normal");
    field("smooth", smooth, "rows, up to the one judged, that a score is the mean of");
    field("level", level, "share of the normal scores that stays below a column's threshold");
    field("missing", missing, "where a value is missing: stop, or draw a straight line",
          {"error", "interpolate"});
    of_method.visit(field);
  }
};

// Scores of all values (T,V): squared distance from what was expected, in units of its mean over
// the calibration rows (the last fifth of the normal ones), averaged over the last `smooth` rows.
struct AuditScores {
  Tensor scores;      // (T,V) float64
  Tensor thresholds;  // (V): the level's quantile over the calibration rows
  int64_t train = 0;  // rows taken as normal
  int64_t first = 0;  // row from which on there are scores
};
// values (T,V) in any units. Throws Error on options out of range and too few rows.
AuditScores audit(const Tensor& values, const AuditOptions& options, const Rng& rng,
                  Progress& progress);

struct AuditRequest {
  std::filesystem::path data = {}, out = {};  // out may be empty
  std::vector<std::string> targets = {};      // columns; empty: all numbers
  std::string time = {};                      // column; empty: the one of times, if there is one
  uint64_t seed = 1;
  AuditOptions options = {};
};

struct AuditOutcome {
  std::string method;
  data::Series series;
  AuditScores found;
  int64_t interpolated = 0;
};
// Where results go is tried before the work begins. Throws Error, one line.
AuditOutcome audit_series(const AuditRequest& request, Progress& progress);

TextTable strangest_table(const AuditOutcome& outcome);  // a row a column, strangest first
Plot audit_plot(const AuditOutcome& outcome);  // heat map, a row a column, score over threshold
// time (or row), the score of each column, and the columns above their thresholds in words.
data::Table audit_table(const AuditOutcome& outcome);
Json to_json(const AuditOutcome& outcome);

}  // namespace offprint::tasks
