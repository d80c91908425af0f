// How the time of a training step grows with the number of columns: S-Mamba and its attention twin.
#pragma once
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/s_mamba/recipe.h"

namespace offprint::papers::s_mamba {

struct StepTimes {
  std::vector<double> columns;
  std::vector<double> mamba, attention;  // seconds a step, the least of the repeats
};
// From an eighth of `time_columns` to all of them, by doubling; the twins take turns.
StepTimes step_times(const Options& options, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::s_mamba
