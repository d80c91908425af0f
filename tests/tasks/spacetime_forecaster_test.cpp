#include "offprint/tasks/spacetime_forecaster.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/tasks/forecast.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

FittedForecaster fitted(const data::Series& series, int64_t epochs) {
  MethodOptions options;
  options.width = 8, options.depth = 2, options.states = 16, options.dropout = 0;
  options.epochs = epochs, options.lr = 5e-3;
  Progress progress;
  const ForecastShape shape{.lookback = 36, .horizon = 12, .variates = 2, .season = 12};
  return fit_forecaster(series, {300, 60, 60}, "spacetime", shape, options, Rng(1), progress);
}

}  // namespace

TEST_CASE("SpaceTime forecaster: learns a season and goes on with it past its horizon") {
  const data::Series series = tests::sines(470, 2, 0.1);
  FittedForecaster f = fitted(series, 12);
  CHECK(score(f, series, 360, 420).mse < 0.1);  // of a variance of one
  const Tensor history = series.values.slice(0, 0, 420), truth = series.values.slice(0, 420);
  serve_horizon(f, 50);
  const Tensor error = forecast(f, history).mean - truth;
  CHECK((error / f.scale.spread).square().mean().item<double>() < 0.2);
}

TEST_CASE("SpaceTime forecaster: every horizon from one model, quantiles as far as judged") {
  const data::Series series = tests::sines(420, 2);
  FittedForecaster f = fitted(series, 1);
  const auto folder = std::filesystem::temp_directory_path() / "offprint_spacetime_test";
  save(f, folder);
  FittedForecaster other = load_forecaster(folder);
  const Forecast as_fitted = forecast(f, series.values);
  serve_horizon(f, 5);
  CHECK(max_abs_diff(forecast(f, series.values).mean, as_fitted.mean.slice(0, 0, 5)) < 1e-4);
  CHECK(max_abs_diff(forecast(f, series.values).quantiles, as_fitted.quantiles.slice(1, 0, 5)) <
        1e-4);
  serve_horizon(other, 40);
  const Forecast longer = forecast(other, series.values);
  CHECK(longer.mean.size(0) == 40);
  CHECK(max_abs_diff(longer.mean.slice(0, 0, 12), as_fitted.mean) < 1e-4);
  CHECK_FALSE(longer.quantiles.defined());
  std::filesystem::remove_all(folder);
}

TEST_CASE("serve: a method fitted for one horizon says so") {
  Progress progress;
  const data::Series series = tests::sines(300, 1);
  FittedForecaster f = fit_forecaster(series, {200, 50, 50}, "ridge",
                                      {.lookback = 24, .horizon = 6}, {}, Rng(1), progress);
  serve_horizon(f, 6);
  CHECK_THROWS_WITH_AS(
      serve_horizon(f, 7),
      "--horizon: 7, but this ridge was fitted for 6 rows and serves no other horizon", Error);
  CHECK_THROWS_AS(serve_horizon(f, 0), Error);
}
