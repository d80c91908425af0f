// Sequence models as forecasters: the history goes through models/sequence_model.h, the last step
// gives the whole horizon at once. One model for all columns; its centre is subtracted from a
// history and added to its forecast.
#pragma once
#include <memory>

#include "offprint/models/sequence_model.h"
#include "offprint/tasks/forecaster.h"
#include "offprint/tasks/window_objective.h"

namespace offprint::tasks {

// Named functions of the catalogue.
std::unique_ptr<Forecaster> make_s4d(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_lstm(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_transformer(const ForecastShape& shape,
                                             const MethodOptions& options);

// What they train, for those who train by themselves. `kind` is of models/catalog.h.
models::SequenceOptions sequence_options(const std::string& kind, const ForecastShape& shape,
                                         const MethodOptions& options);
// `centre` is mean or last; the model must outlive it.
WindowObjective sequence_window_objective(models::SequenceModel& model, const ForecastRows& rows,
                                          const ForecastShape& shape, const std::string& centre,
                                          at::Device device);

}  // namespace offprint::tasks
