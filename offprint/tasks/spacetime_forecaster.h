// SpaceTime on the windows of a series, one model for all columns and any horizon; see
// models/spacetime.h.
#pragma once
#include <memory>

#include "offprint/models/spacetime.h"
#include "offprint/tasks/forecaster.h"
#include "offprint/tasks/window_objective.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_spacetime(const ForecastShape& shape,
                                           const MethodOptions& options);

// What the forecaster trains, for those who train by themselves.
models::SpaceTimeOptions spacetime_options(const ForecastShape& shape,
                                           const MethodOptions& options);
// The model must outlive it.
WindowObjective spacetime_objective(models::SpaceTime& model, const ForecastRows& rows,
                                    const ForecastShape& shape, at::Device device);

}  // namespace offprint::tasks
