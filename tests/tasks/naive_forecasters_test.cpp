#include "offprint/tasks/naive_forecasters.h"

#include <doctest/doctest.h>

using namespace offprint;
using namespace offprint::tasks;

namespace {

const ForecastShape kShape{.lookback = 6, .horizon = 4, .variates = 1, .season = 3};

Tensor history(std::vector<double> values) {
  return at::tensor(values, at::kDouble).view({1, -1, 1});
}

std::vector<double> ahead(std::unique_ptr<Forecaster> method, const Tensor& past) {
  const Tensor y = method->predict(past).flatten().contiguous();
  return {y.const_data_ptr<double>(), y.const_data_ptr<double>() + y.numel()};
}

}  // namespace

TEST_CASE("naive, drift, mean, seasonal naive: by hand") {
  const Tensor past = history({1, 5, 3, 2, 6, 11});
  const MethodOptions none;
  CHECK(ahead(make_naive(kShape, none), past) == std::vector<double>{11, 11, 11, 11});
  CHECK(ahead(make_drift(kShape, none), past) == std::vector<double>{13, 15, 17, 19});
  CHECK(ahead(make_seasonal_naive(kShape, none), past) == std::vector<double>{2, 6, 11, 2});
  const auto means = ahead(make_window_mean(kShape, none), past);
  CHECK(means[3] == doctest::Approx(28.0 / 6));
}

TEST_CASE("seasonal naive: a season longer than the history repeats the history") {
  ForecastShape shape = kShape;
  shape.season = 100;
  CHECK(ahead(make_seasonal_naive(shape, {}), history({1, 2})) == std::vector<double>{1, 2, 1, 2});
}

TEST_CASE("theta: a pure season goes on as it is") {
  const auto y = ahead(make_theta(kShape, {}), history({1, 5, 3, 1, 5, 3}));
  const double expected[] = {1, 5, 3, 1};
  for (size_t i = 0; i < 4; ++i) CHECK(y[i] == doctest::Approx(expected[i]));
}

TEST_CASE("theta: on a line it goes on with half the slope from its last level") {
  ForecastShape shape = kShape;
  shape.season = 1;
  const auto y = ahead(make_theta(shape, {}), history({0, 2, 4, 6, 8, 10}));
  // Smoothing with 1/2 lags a line by one step: level 8 + 2^-4 * ..., by hand 8.0625.
  CHECK(y[0] == doctest::Approx(8.0625 + 1));
  CHECK(y[3] - y[2] == doctest::Approx(1));
}

TEST_CASE("theta: the smoothing constant is small on noise, large on a random walk") {
  Rng rng(4);
  const Tensor noise = rng.normal({400, 1}, at::kDouble);
  const auto alpha = [](const Tensor& values) {
    Progress progress;
    auto method = make_theta({.lookback = 6, .horizon = 1}, {});
    method->fit({values, 400}, Rng(1), progress);
    return method->state().front().tensor.item<double>();
  };
  CHECK(alpha(noise) <= 0.15);
  CHECK(alpha(noise.cumsum(0)) >= 0.85);
}
