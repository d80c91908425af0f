// Forecasts that learn nothing: what every method has to beat. Hyndman & Athanasopoulos 2021,
// Forecasting: Principles and Practice, section 5.2.
#pragma once
#include <memory>

#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

// The last value; the value a season before; the line through the first and the last value of the
// history; the mean of the history.
std::unique_ptr<Forecaster> make_naive(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_seasonal_naive(const ForecastShape& shape,
                                                const MethodOptions& options);
std::unique_ptr<Forecaster> make_drift(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_window_mean(const ForecastShape& shape,
                                             const MethodOptions& options);

// The theta method: half the line of drift, half exponential smoothing, on the history without its
// season. Assimakopoulos & Nikolopoulos 2000; in the form of Hyndman & Billah 2003: smoothing with
// a drift of half the slope. The smoothing constant is the best of a grid one step ahead in
// training.
std::unique_ptr<Forecaster> make_theta(const ForecastShape& shape, const MethodOptions& options);

}  // namespace offprint::tasks
