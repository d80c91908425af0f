// One linear S4D layer trained on the delay task.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/nn/s4d.h"
#include "offprint/papers/s4d/recipe.h"

namespace offprint::papers::s4d {

struct DelayCase {
  std::string init, rule = "zoh", real_part = "exp";
  bool train_b = true;
};

struct DelayRun {
  DelayCase setting;
  std::vector<double> errors;  // share of the target's variance left on unseen noise, a seed each

  double mean() const;
  double least() const;
  double most() const;
};

// Every setting sees the same noise; seeds differ in noise, C and steps dt. Stops with Stopped.
std::vector<DelayRun> run_delays(const std::vector<DelayCase>& settings, const Options& options,
                                 int64_t seeds, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::s4d
