// Regret on the hard instance at the gap that hurts most, over rounds and over observations.
#pragma once
#include <vector>

#include "offprint/kernels/dartboard.h"
#include "offprint/tasks/switching_costs.h"

namespace offprint::papers::switching_costs {

// Mean over repetitions, each change of action costing one.
struct Point {
  double x = 0;                  // rounds or observations
  double regret = 0, error = 0;  // mean and its standard error, switches counted
  double switches = 0, switch_bound = 0;
  double gap = 0;
  int64_t batches = 0, observations = 0, clipped = 0;
  tasks::SwitchingLearner learner;
};

// The gap is the one of largest mean regret among multiples of sqrt(K / batches): the adversary
// knows the learner.
Point worst_play(int64_t log_rounds, int64_t arms, const tasks::SwitchingLearner& learner,
                 int64_t repetitions, const Rng& rng);

// The plan's learner with batches as the nearest power of two, at most `most_log_batches`.
tasks::SwitchingLearner in_powers(const tasks::SwitchingPlan& plan, int64_t most_log_batches);

// Where y (regret, log2) leaves its level and falls by half of log2 x: least squares over the knee.
double fitted_knee(const std::vector<double>& log_x, const std::vector<double>& log_y);

}  // namespace offprint::papers::switching_costs
