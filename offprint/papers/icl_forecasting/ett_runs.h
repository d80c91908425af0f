// Hourly load and oil temperature of two transformers, seven columns each: is attention worth it on
// a real series?
#pragma once
#include <map>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/data/series.h"
#include "offprint/papers/icl_forecasting/recipe.h"

namespace offprint::papers::icl_forecasting {

struct EttRun {
  std::string set, prepared;  // "ETTh1"; "differences" or "days standardised"
  std::vector<std::string> columns;
  std::map<std::string, std::vector<double>> one_step, day;  // MSE by method, a column each
};
// Without the mean of its hour and in spreads of its hour, both of the first `train` rows.
data::Series days_standardised(const data::Series& series, int64_t train);

EttRun run_ett(const std::string& set, const data::Series& series, bool by_days,
               const Options& options, const Rng& rng, Progress& progress);

}  // namespace offprint::papers::icl_forecasting
