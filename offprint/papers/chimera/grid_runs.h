// What Chimera's page forecasts: the recurrence, the seasons with their twins and orders, ETTh1.
#pragma once
#include <vector>

#include "offprint/papers/chimera/recipe.h"
#include "offprint/papers/forecast_study.h"

namespace offprint::papers::chimera {

// One row ahead. `noise` is the MSE of who knows the recurrence, on the same rows and in the same
// units.
struct RecurrenceRun {
  std::vector<MethodRun> runs;  // chimera first; then those that see one column
  double noise = 0;
};
RecurrenceRun run_recurrence(const Options& options, const Rng& rng, Progress& progress);

ForecastStudy seasons_study(const Options& options, const Rng& rng);

// Retrained with the columns in other orders, beside retrained with other seeds: root mean square
// distances between the forecasts of the test rows, over all pairs.
struct OrderRun {
  double by_order = 0, by_seed = 0;
  std::vector<double> mse;  // by order
};
OrderRun run_orders(const ForecastStudy& study, int64_t runs, const Rng& rng, Progress& progress);

ForecastStudy etth1_study(data::Series series, int64_t horizon, const Options& options);

}  // namespace offprint::papers::chimera
