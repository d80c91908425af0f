// The timescale law: how long the window 1/dt must be for a delay to be learnt.
#pragma once
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/nn/hippo.h"
#include "offprint/papers/hippo/recipe.h"

namespace offprint::papers::hippo {

// Shares of the target's variance left on unseen noise, a seed each.
struct DelayRun {
  nn::Basis basis = nn::Basis::legs;
  double reach = 1;  // 1/dt over the delay
  std::vector<double> errors;
};

// Only C is learnt, which has one best value: least squares on one set of noise, measured on
// another.
std::vector<DelayRun> run_readouts(const Options& options, const Rng& rng, Progress& progress);

// From there everything is trained: S4 of one channel, A, P, B, C and dt.
std::vector<DelayRun> run_trained(const Options& options, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::hippo
