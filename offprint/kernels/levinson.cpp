#include "offprint/kernels/levinson.h"

#include <cstdlib>

#include "offprint/core/error.h"

namespace offprint::kernels {

void add_lag(LinearForecast& forecast, std::span<const double> gamma) {
  const std::vector<double>& phi = forecast.phi;
  const size_t order = phi.size() + 1;
  double reflection = gamma[order];
  for (size_t i = 0; i < phi.size(); ++i) reflection -= phi[i] * gamma[order - 1 - i];
  reflection /= forecast.variance;
  std::vector<double> next = phi;
  for (size_t i = 0; i < phi.size(); ++i) next[i] -= reflection * phi[phi.size() - 1 - i];
  next.push_back(reflection);
  forecast.phi = std::move(next);
  forecast.variance *= 1 - reflection * reflection;
}

LinearForecast best_linear_forecast(std::span<const double> gamma, int64_t p) {
  require(p >= 0 && std::ssize(gamma) > p && gamma[0] > 0,
          "best_linear_forecast: {} autocovariances for {} lags, expected {} and the first > 0",
          gamma.size(), p, p + 1);
  LinearForecast forecast{{}, gamma[0]};
  while (std::ssize(forecast.phi) < p) add_lag(forecast, gamma);
  return forecast;
}

Tensor covariance_matrix(std::span<const double> gamma, int64_t m) {
  Tensor out = at::empty({m, m}, at::kDouble);
  auto entries = out.accessor<double, 2>();
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < m; ++j) entries[i][j] = gamma[static_cast<size_t>(std::abs(i - j))];
  return out;
}

}  // namespace offprint::kernels
