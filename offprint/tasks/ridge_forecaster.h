// Ridge regression from the history to the whole horizon, the strongest simple baseline there is:
// one linear map for all columns, on differences from the last value. The penalty is the best of a
// grid on the validation rows. Toner & Darlow 2024, arXiv 2403.14587: linear forecasters trained by
// steps are all this map, found less exactly.
#pragma once
#include <memory>

#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_ridge(const ForecastShape& shape, const MethodOptions& options);

}  // namespace offprint::tasks
