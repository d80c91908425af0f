// Sequential digits by S4 from three bases, nothing else changed.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/hippo/recipe.h"
#include "offprint/tasks/classify.h"

namespace offprint::papers::hippo {

struct DigitRun {
  std::string basis;
  std::vector<double> accuracies;  // %, a seed each
};

// Test rows are a fifth of each class, drawn anew for each seed and the same for all bases.
std::vector<DigitRun> run_digits(const tasks::Sequences& data, const Options& options,
                                 const Rng& rng, Progress& progress);

}  // namespace offprint::papers::hippo
