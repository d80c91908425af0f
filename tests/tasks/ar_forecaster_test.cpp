#include "offprint/tasks/ar_forecaster.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("Levinson-Durbin: an AR(1) and an AR(2) by hand, order by AIC") {
  // gamma_k = 0.5^k: AR(1) with phi 0.5; further lags add nothing.
  const std::vector<double> one = {1, 0.5, 0.25, 0.125};
  const std::vector<double> phi = levinson_durbin(one, 1000);
  REQUIRE(phi.size() == 1);
  CHECK(phi[0] == doctest::Approx(0.5));
  // phi = (1, -0.5): rho_1 = 1/(1 + 0.5) = 2/3, rho_2 = rho_1 - 0.5 = 1/6, rho_3 = 1/6 - 1/3.
  const std::vector<double> two = {1, 2.0 / 3, 1.0 / 6, -1.0 / 6};
  const std::vector<double> both = levinson_durbin(two, 1000);
  REQUIRE(both.size() == 2);
  CHECK(both[0] == doctest::Approx(1));
  CHECK(both[1] == doctest::Approx(-0.5));
  CHECK(levinson_durbin(std::vector<double>{1, 0.001}, 100).empty());  // white noise: order 0
  CHECK_THROWS_AS(levinson_durbin(std::vector<double>{}, 10), Error);
}

TEST_CASE("AR: the process is recovered, forecasts feed themselves back, a constant column stays") {
  Rng rng(3);
  const int64_t T = 4000;
  Tensor x = at::zeros({T, 2}, at::kDouble);
  double a = 0, b = 0;
  for (int64_t t = 0; t < T; ++t) {
    const double next = 1.2 * a - 0.5 * b + rng.normal();
    b = a, a = next;
    x[t][0] = a + 3;
    x[t][1] = 8;
  }
  const ForecastShape shape{.lookback = 32, .horizon = 3, .variates = 2};
  Progress progress;
  auto method = make_ar(shape, {});
  method->fit({x, T}, Rng(1), progress);
  const Tensor phi = method->state().front().tensor;
  CHECK(phi[0][0].item<double>() == doctest::Approx(1.2).epsilon(0.05));
  CHECK(phi[1][0].item<double>() == doctest::Approx(-0.5).epsilon(0.1));
  CHECK(phi.select(1, 1).abs().max().item<double>() == 0);
  const Tensor y = method->predict(x.slice(0, -32).unsqueeze(0))[0];
  CHECK(y[2][1].item<double>() == 8);
  // By hand: one step, then that step fed back.
  const auto value = [&](int64_t row) { return x[row][0].item<double>(); };
  const double mean = x.select(1, 0).mean().item<double>();
  double first = mean;
  for (int64_t i = 0; i < 32; ++i) first += phi[i][0].item<double>() * (value(T - 1 - i) - mean);
  CHECK(y[0][0].item<double>() == doctest::Approx(first));
  double second = mean + phi[0][0].item<double>() * (first - mean);
  for (int64_t i = 1; i < 32; ++i) second += phi[i][0].item<double>() * (value(T - i) - mean);
  CHECK(y[1][0].item<double>() == doctest::Approx(second));
}
