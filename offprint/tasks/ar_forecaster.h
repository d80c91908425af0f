// AR(p) a column, by Yule-Walker equations through the Levinson-Durbin recursion (always
// stationary), the order chosen by AIC. Brockwell & Davis 1991, section 8.1 and 9.2. Forecasts feed
// themselves back; they use the last p rows of the history.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_ar(const ForecastShape& shape, const MethodOptions& options);

// phi_1 .. phi_p of autocovariances gamma_0 .. gamma_P with p in 0 .. P that has the least
// n log(variance) + 2 p, n the number of rows. Throws Error on no autocovariances or gamma_0 <= 0.
std::vector<double> levinson_durbin(std::span<const double> autocovariance, int64_t rows);

}  // namespace offprint::tasks
