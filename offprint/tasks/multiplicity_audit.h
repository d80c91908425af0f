// `audit --method predictive-multiplicity`: how far models nearly as good as the best disagree on
// the people of a user's table. multiplicity.h has the measures, discrepancy.h the worst model.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/table.h"
#include "offprint/data/tabular.h"
#include "offprint/tasks/discrepancy.h"

namespace offprint::tasks {

struct MultiplicityOptions {
  double epsilon = 0.01;
  std::string epsilon_of = "relative";
  double delta = 0.1;
  double l2 = 1e-3;
  std::string positive = "", group = "";
  double held_out = 0;
  int64_t people = 2000;
  double seconds = 30;
  void visit(auto&& field) {
    field("epsilon", epsilon, "how much worse than the best a model's loss may be");
    field("epsilon-of", epsilon_of, "epsilon as a share of the best loss, or in nats a row",
          {"relative", "absolute"});
    field("delta", delta, "a change of probability that counts");
    field("l2", l2, "ridge penalty of the standardised weights");
    field("positive", positive, "value of the target that is foretold; default: the later one");
    field("group", group, "column by which the report is split too");
    field("held-out", held_out, "share of the rows that no model learns from");
    field("most-people", people, "people judged, drawn at random where there are more");
    field("seconds", seconds, "for the proof of the discrepancy; 0: a bound from below alone");
  }
};

struct MultiplicityRequest {
  std::filesystem::path data = {}, out = {}, models = {};  // the last two may be empty
  std::string target = {};
  std::vector<std::string> without = {};  // columns that are no features
  uint64_t seed = 1;
  MultiplicityOptions options = {};
};

struct GroupMultiplicity {
  std::string name;
  int64_t people = 0;
  double ambiguity = 0, mean_move = 0;
};
struct EpsilonPoint {
  double epsilon = 0, delta = 0, ambiguity = 0, discrepancy = 0;  // the last from below
};

struct MultiplicityOutcome {
  std::string source, target, positive;
  int64_t rows = 0, fitted = 0;
  std::vector<std::string> features, notes;  // notes: what became of columns and rows
  double loss = 0, slack = 0, accuracy = 0;  // F of the best model, of the rows it learnt from
  double widest_gap = 0;                     // of the certificates, in score
  data::Table people;  // line, actual, probability, low, high, move, ambiguous, group, held out
  Share ambiguity;
  std::optional<Share> held_out_ambiguity = {};
  double conflicting = 0;  // share whose side of 1/2 depends on the model
  Discrepancy worst;
  std::vector<GroupMultiplicity> groups;
  std::vector<EpsilonPoint> grid;
  data::Table models;  // a row a model: the best, the one of the discrepancy, the widest two ends
};

// Where results go is tried before the work begins. Throws Error, one line; a stop request ends it.
MultiplicityOutcome audit_multiplicity(const MultiplicityRequest& request, Progress& progress);

TextTable multiplicity_table(const MultiplicityOutcome& outcome);
TextTable group_table(const MultiplicityOutcome& outcome);
Plot range_plot(const MultiplicityOutcome& outcome);  // caterpillar: ranges in order of probability
Plot epsilon_plot(const MultiplicityOutcome& outcome);  // ambiguity and discrepancy over epsilon
Json to_json(const MultiplicityOutcome& outcome);

}  // namespace offprint::tasks
