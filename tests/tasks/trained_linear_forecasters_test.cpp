#include "offprint/tasks/trained_linear_forecasters.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

const ForecastShape kShape{.lookback = 24, .horizon = 4, .variates = 2, .season = 12};

// Mean squared error on rows the method did not see, and of the mean of the history there.
std::pair<double, double> errors(std::unique_ptr<Forecaster> method) {
  const data::Series series = tests::sines(600, 2, 0.1);
  const Tensor values =
      standardized(standardizer_of(series.values.slice(0, 0, 400)), series.values);
  Progress progress;
  method->fit({values.slice(0, 0, 500), 400}, Rng(1), progress);
  const Tensor w = windows(values, 500, 600, 24, 4);
  const auto mse = [&](const Tensor& y) {
    return (y - w.slice(1, 24)).square().mean().item<double>();
  };
  return {mse(method->predict(w.slice(1, 0, 24))),
          mse(w.slice(1, 0, 24).mean(1, true).expand({-1, 4, -1}))};
}

}  // namespace

TEST_CASE("moving average: by hand, the ends repeated") {
  const Tensor x = at::tensor({1., 2., 3., 10.}, at::kDouble);
  CHECK(max_abs_diff(moving_average(x, 3), at::tensor({4. / 3, 2., 5., 23. / 3}, at::kDouble)) <
        1e-12);
  CHECK(max_abs_diff(moving_average(x, 1), x) == 0);
  CHECK_THROWS_WITH(moving_average(x, 4), "--kernel: 4, expected an odd number >= 1");
}

TEST_CASE("DLinear and NLinear: begin at the mean of the history and learn the season") {
  MethodOptions options;
  options.epochs = 12, options.lr = 0.01;
  for (auto* make : {make_dlinear, make_nlinear}) {
    const auto [error, at_start] = errors(make(kShape, options));
    CHECK(error < 0.15 * at_start);
  }
}

TEST_CASE("DLinear: the same seed trains the same map") {
  const data::Series series = tests::sines(200, 1);
  const ForecastShape shape{.lookback = 24, .horizon = 2};
  MethodOptions options;
  options.epochs = 1;
  const auto trained = [&](uint64_t seed) {
    Progress progress;
    auto method = make_dlinear(shape, options);
    method->fit({series.values, 160}, Rng(seed), progress);
    return method->state().front().tensor.clone();
  };
  CHECK(max_abs_diff(trained(1), trained(1)) == 0);
  CHECK(max_abs_diff(trained(1), trained(2)) > 0);
}

TEST_CASE("DLinear: too few rows is one line") {
  Progress progress;
  CHECK_THROWS_WITH(
      make_dlinear(kShape, {})->fit({at::zeros({20, 2}, at::kDouble), 20}, Rng(1), progress),
      "forecast: 20 rows to train on, expected at least 28");
}
