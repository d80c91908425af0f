// Linear forecasts from autocovariances, order by order: Levinson 1947, Durbin 1960; Brockwell &
// Davis 1991, section 5.2. Solves the Yule-Walker equations in O(p^2); always stationary.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::kernels {

// The best forecast of x_t that is linear in x_{t-1} .. x_{t-p}.
struct LinearForecast {
  std::vector<double> phi;  // p, nearest lag first
  double variance = 0;      // of what it misses; gamma_0 at p = 0
};

// From order p to p + 1. REQUIRES gamma_0 .. gamma_{p+1} and variance > 0.
void add_lag(LinearForecast& forecast, std::span<const double> gamma);

// Throws Error unless gamma has at least p + 1 entries and gamma_0 > 0.
LinearForecast best_linear_forecast(std::span<const double> gamma, int64_t p);

// Gamma_m: (m,m) with entry (i,j) gamma_|i-j|, float64. REQUIRES m entries of gamma.
Tensor covariance_matrix(std::span<const double> gamma, int64_t m);

}  // namespace offprint::kernels
