// Is attention worth it on this series? What one layer of linear self-attention must lose to the
// linear forecast, in theory from an autoregression, and what attention and its rivals do on the
// last rows of a user's own column. Zhou et al. 2025, arXiv 2510.09776.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/table.h"
#include "offprint/data/series.h"
#include "offprint/tasks/rollout.h"
#include "offprint/worlds/linear_process.h"

namespace offprint::tasks {

struct AttentionGapOptions {
  std::string rho;  // of an autoregression, commas between; empty: fitted to the column
  double sigma = 1;
  std::string contexts = "8:512";
  int64_t lags = 5, context = 100, layers = 2, rollout = 48, gap_steps = 400;
  bool softmax = true, difference_first = false;
  double test_share = 0.2;
  void visit(auto&& field) {
    field("rho", rho, "ar-gap: coefficients of an autoregression instead of data: 0.5,-0.3,0.2");
    field("sigma", sigma, "ar-gap: standard deviation of its shocks");
    field("contexts", contexts, "ar-gap: contexts of the table, first:last, doubling");
    field("lags", lags, "ar-gap: values that a forecast sees directly (p)");
    field("context", context, "ar-gap: columns of p + 1 values in a window (n)");
    field("layers", layers, "ar-gap: layers of the deepest attention tried");
    field("softmax", softmax, "ar-gap: try softmax attention too");
    field("difference-first", difference_first, "ar-gap: differences of the column instead of it");
    field("rollout", rollout, "ar-gap: steps that forecasts are fed back");
    field("gap-steps", gap_steps, "ar-gap: steps of training of what is trained");
    field("test-share", test_share, "ar-gap: share of the rows kept apart to judge on");
  }
};

// Errors in variances of the shocks.
struct GapLine {
  int64_t n = 0;
  double bound = 0;        // best functional of the cubic features, closed form
  double one_layer = 0;    // best single layer, alternating least squares on exact moments
  double first_order = 0;  // B / n
  double in_context = 0;   // p / n, least squares inside the window, to first order
};

struct AttentionTrial {
  std::string method;
  double mse = 0;                        // one step ahead on the last rows, standardised
  double behind = 0, low = 0, high = 0;  // MSE less that of the linear forecast, 95 % interval
  std::vector<double> rollout_mse, rollout_median, forecast_square;  // by step
  double exploding = 0;  // share of rollouts that leave +- 10 spreads
};

struct AttentionGap {
  std::string column;  // empty: from rho alone
  int64_t rows = 0, tested = 0;
  worlds::LinearProcess process;    // given, or fitted to the first rows (standardised)
  double variance = 0, radius = 0;  // gamma_0, largest modulus
  std::vector<GapLine> lines;
  std::vector<AttentionTrial> trials;  // the linear forecast first; empty without a column
  std::string recommended, reason;
  AttentionGapOptions options;
};

// Throws Error where rho is not stationary or no numbers, contexts are no range.
AttentionGap attention_gap_of(const AttentionGapOptions& options, Progress& progress);
// On a column of a series; same seed, same answer. Throws Error where it is too short, constant or
// misses values (names the row).
AttentionGap attention_gap_on(const data::Series& series, const std::string& column,
                              const AttentionGapOptions& options, uint64_t seed,
                              Progress& progress);

TextTable gap_table(const AttentionGap& gap);
std::optional<TextTable> trial_table(const AttentionGap& gap);
std::vector<Plot> gap_plots(const AttentionGap& gap);
Json verdict_of(const AttentionGap& gap);

// gap.csv, verdict.json, gap.svg; with a column rollout.csv and rollout.svg.
void write_attention_gap(const AttentionGap& gap, const std::filesystem::path& folder);

}  // namespace offprint::tasks
