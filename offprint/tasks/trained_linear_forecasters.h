// DLinear and NLinear as their authors train them, by steps: Zeng et al. 2023 (LTSF-Linear), arXiv
// 2205.13504, section 4. One map for all columns.
//   DLinear: the history is split into a moving average (ends repeated) and the rest, each goes
//            through a linear map L -> H, and both are added.
//   NLinear: the last value is subtracted before one linear map and added after it.
#pragma once
#include <memory>

#include "offprint/nn/linear.h"
#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_dlinear(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_nlinear(const ForecastShape& shape, const MethodOptions& options);

// Rows (...,L): the mean of `kernel` rows around each, the first and last row repeated beyond the
// ends. Throws Error unless kernel is odd and >= 1.
Tensor moving_average(const Tensor& rows, int64_t kernel);

}  // namespace offprint::tasks
