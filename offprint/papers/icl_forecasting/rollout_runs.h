// Forecasts fed back for a hundred steps: where they go to, and how many explode on the way.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "offprint/papers/icl_forecasting/gap_runs.h"
#include "offprint/tasks/rollout.h"

namespace offprint::papers::icl_forecasting {

struct RolloutRun {
  std::string process;
  int64_t n = 0, windows = 0;
  double radius = 0, variance = 0;                    // lambda, gamma_0
  std::map<std::string, tasks::RolloutScore> scores;  // by method; "bayes", "LSA-1", ...
  std::vector<double> behind_bayes;  // MSE of LSA-1 less that of bayes, in standard errors, by step
};
// Bayes, the linear forecast fitted on other windows, LSA-1 by alternating least squares, the same
// clamped to 4 standard deviations; with `deep` also LSA-3 and softmax, trained.
RolloutRun run_rollout(const NamedProcess& named, int64_t n, bool deep, const Options& options,
                       const Rng& rng, Progress& progress);

}  // namespace offprint::papers::icl_forecasting
