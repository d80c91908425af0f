// The companion filter against dense powers: accuracy, gradients, time, and the processes that it
// holds exactly.
#pragma once
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::spacetime {

// Worst over d and l, inputs rounded to `type` for both.
Measurement filter_gap(at::ScalarType type, Rng rng);
Measurement filter_gradient_gap(Rng rng);
Measurement special_case_gap(Rng rng);

// Of four systems, float32, the least of several turns.
struct FilterTimes {
  int64_t steps = 0;
  std::vector<double> states, fast, dense;  // seconds a filter
  Estimate slope;                           // of log fast over log states
};
FilterTimes time_filters(int64_t steps, Rng rng, Progress& progress);

}  // namespace offprint::papers::spacetime
