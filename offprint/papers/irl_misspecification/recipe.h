// What inverse reinforcement learning makes of somebody who does not act as it assumes. Skalse &
// Abate 2024, arXiv 2403.06854: theorems over finite decision processes, each shown here by
// witnesses that are checked by other code than made them, and error curves that the paper does not
// have.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::irl_misspecification {

struct Options {
  int64_t draws = 10'000;   // of each identity of the metric
  int64_t witnesses = 100;  // random processes that each theorem is shown on
  int64_t condition_trials = 10'000;
  int64_t recovery_processes = 20;  // that rewards are recovered in
  int64_t recovery_seeds = 6;       // logs of each size
  int64_t processes = 200;          // a point of the error curves
  int64_t states = 20;              // of the curves' random processes
  int64_t speed_processes = 100;    // of 100 states
  int64_t speed_repeats = 3;
  void visit(auto&& field) {
    field("draws", draws, "draws of each identity of the metric");
    field("witnesses", witnesses, "random processes that each theorem is shown on");
    field("condition-trials", condition_trials, "rewards moved within the bound, and beyond it");
    field("recovery-processes", recovery_processes, "processes whose rewards are recovered");
    field("recovery-seeds", recovery_seeds, "logs of each size");
    field("processes", processes, "processes a point of the error curves");
    field("states", states, "states of the curves' random processes");
    field("speed-processes", speed_processes, "processes of 100 states that are timed");
    field("speed-repeats", speed_repeats, "repeats of the timing");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::irl_misspecification
