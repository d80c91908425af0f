// Switching costs and feedback. Cheng, Zhou & Ji 2023, arXiv 2306.09588: what extra observations
// buy a learner that pays for every change of action, on the walk that is hardest for it.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::switching_costs {

struct Options {
  int64_t repetitions = 200;     // of every point
  int64_t most_log_rounds = 18;  // of the exponents over T
  int64_t log_rounds = 20;       // of the exponents over observations
  double bandit_rate = 1;        // times the rate of the bound, one-slot over extra observations
  int64_t draws = 1'000'000;     // of the check that estimates are unbiased
  int64_t table_rounds = 4096, table_runs = 20;  // of the table of learners
  void visit(auto&& field) {
    field("repetitions", repetitions, "plays of every point");
    field("most-log-rounds", most_log_rounds, "log2 of the most rounds, slopes over rounds");
    field("log-rounds", log_rounds, "log2 of the rounds, slopes over observations");
    field("bandit-rate", bandit_rate,
          "times the bound's rate, bandit feedback beside extra observations");
    field("draws", draws, "draws of each estimate");
    field("table-rounds", table_rounds, "rounds of the table of learners");
    field("table-runs", table_runs, "plays of the table of learners");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::switching_costs
