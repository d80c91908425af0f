// What S-Mamba's page forecasts, and the two checks that stand on it.
#pragma once
#include "offprint/papers/forecast_study.h"
#include "offprint/papers/s_mamba/recipe.h"

namespace offprint::papers::s_mamba {

ForecastStudy ring_study(const data::Series& road, const Options& options);
ForecastStudy etth1_study(data::Series series, const Options& options);

// papers::leak of all its methods on a short road.
Measurement leak(const Rng& rng, Progress& progress);

// Fitted on the first 40 % of the columns and asked for all of them, over the error of `whole`,
// which was fitted on all.
Measurement few_columns(const ForecastStudy& study, const MethodRun& whole, const Rng& rng,
                        Progress& progress);

}  // namespace offprint::papers::s_mamba
