#include "offprint/kernels/levinson.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("Levinson: the forecast solves the Yule-Walker equations, its error is what is left") {
  const std::vector<double> gamma = {3, 1.7, 0.4, -0.2, 0.1, 0.3};
  for (const int64_t p : {0, 1, 3, 5}) {
    const LinearForecast f = best_linear_forecast(gamma, p);
    double error = gamma[0];
    for (int64_t k = 1; k <= p; ++k) {
      double left = gamma[static_cast<size_t>(k)];
      for (int64_t i = 1; i <= p; ++i)
        left -= f.phi[static_cast<size_t>(i - 1)] * gamma[static_cast<size_t>(std::abs(k - i))];
      CHECK(std::abs(left) < 1e-12);
      error -= f.phi[static_cast<size_t>(k - 1)] * gamma[static_cast<size_t>(k)];
    }
    CHECK(f.variance == doctest::Approx(error));
  }
  CHECK(covariance_matrix(gamma, 3)[0][2].item<double>() == 0.4);
  CHECK(covariance_matrix(gamma, 3)[2][1].item<double>() == 1.7);
  CHECK_THROWS_WITH(best_linear_forecast(gamma, 6), doctest::Contains("expected 7"));
}
