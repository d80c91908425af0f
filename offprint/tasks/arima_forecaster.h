// ARIMA(p,d,q) by two least squares. Hannan & Rissanen 1982, Biometrika 69(1): a long
// autoregression gives the shocks, a regression on past values and past shocks the coefficients.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

struct Arima {
  int64_t differences = 0;         // d, 0 or 1
  double mean = 0;                 // of the differenced series
  std::vector<double> phi, theta;  // of values and shocks, nearest first
  double variance = 0;             // of the shocks
};

// x_t - m = sum phi_i (x_{t-i} - m) + e_t + sum theta_j e_{t-j} of the differenced column. nullopt
// where there are too few rows or the shocks could not be told from the values (theta not
// invertible). p <= most lags of the long autoregression; q <= 2.
std::optional<Arima> fit_arima(std::span<const double> column, int64_t p, int64_t d, int64_t q);

// Of every column the order of least BIC among p in {0, 1, 2, 4, 6, season, season + 1}, d in {0,
// 1}, q in {0, 1, 2}.
std::unique_ptr<Forecaster> make_arima(const ForecastShape& shape, const MethodOptions& options);

}  // namespace offprint::tasks
