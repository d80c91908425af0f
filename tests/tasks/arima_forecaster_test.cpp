#include "offprint/tasks/arima_forecaster.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// x_t = phi x_{t-1} + e_t + theta e_{t-1}, summed where d = 1.
std::vector<double> arma(double phi, double theta, int64_t d, int64_t rows, uint64_t seed) {
  Rng rng(seed);
  std::vector<double> out;
  double x = 0, shock = 0, level = 0;
  for (int64_t t = 0; t < rows; ++t) {
    const double next = rng.normal();
    x = phi * x + next + theta * shock, shock = next, level += x;
    out.push_back(d == 1 ? level : x);
  }
  return out;
}

}  // namespace

TEST_CASE("ARIMA: the coefficients of a long series come back") {
  for (int64_t d = 0; d <= 1; ++d) {
    const auto m = fit_arima(arma(0.7, 0.4, d, 20'000, 1), 1, d, 1);
    REQUIRE(m);
    CHECK(m->phi[0] == doctest::Approx(0.7).epsilon(0.03));
    CHECK(m->theta[0] == doctest::Approx(0.4).epsilon(0.05));
    CHECK(m->variance == doctest::Approx(1).epsilon(0.05));
  }
}

TEST_CASE("ARIMA: forecasts by hand, with a shock that is remembered and differences summed") {
  const ForecastShape shape{.lookback = 3, .horizon = 3};
  auto method = make_arima(shape, {});
  nn::Parameters state = method->state();  // phi, theta, mean, differences
  state[0].tensor[0][0] = 0.5, state[1].tensor[0][0] = 0.2;
  const Tensor history = at::tensor({1., 2., 4.}, at::kDouble).view({1, 3, 1});
  // Shocks 1, 2 - .5 - .2 = 1.3, 4 - 1 - .26 = 2.74.
  const Tensor plain = method->predict(history).view(-1);
  CHECK(max_abs_diff(plain, at::tensor({2.548, 1.274, 0.637}, at::kDouble)) < 1e-12);
  state[3].tensor[0] = 1;
  // Differences 0, 1, 2 with shocks 0, 1, 2 - .5 - .2 = 1.3; next 1.26, .63, .315.
  const Tensor summed = method->predict(history).view(-1);
  CHECK(max_abs_diff(summed, at::tensor({5.26, 5.89, 6.205}, at::kDouble)) < 1e-12);
}

TEST_CASE("ARIMA: on its own process it beats the mean, on a random walk it keeps the last value") {
  const auto fitted_error = [](const std::vector<double>& column, bool last) {
    const ForecastShape shape{.lookback = 50, .horizon = 1};
    const Tensor values = at::tensor(column, at::kDouble).unsqueeze(1);
    Progress progress;
    auto method = make_arima(shape, {});
    method->fit({values, 3000}, Rng(1), progress);
    const Tensor w = values.slice(0, 3000).unfold(0, 51, 1).transpose(1, 2);
    const Tensor truth = w.slice(1, 50), x = w.slice(1, 0, 50);
    const Tensor rival = last ? x.slice(1, -1) : at::zeros_like(truth);
    return ((method->predict(x) - truth).square().mean() / (rival - truth).square().mean())
        .item<double>();
  };
  CHECK(fitted_error(arma(0.8, 0.5, 0, 5000, 2), false) < 0.3);
  CHECK(fitted_error(arma(0, 0, 1, 5000, 3), true) == doctest::Approx(1).epsilon(0.03));
}

TEST_CASE("ARIMA: too few rows and strange orders") {
  CHECK_FALSE(fit_arima(arma(0.5, 0, 0, 12, 4), 4, 0, 1));
  CHECK_THROWS_WITH_AS(fit_arima(arma(0.5, 0, 0, 99, 4), 1, 2, 0),
                       "arima: order (1,2,0), expected p >= 0, d of 0 or 1, q of 0 to 2", Error);
}
