#include "offprint/tasks/forecast.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;
namespace fs = std::filesystem;

namespace {

const ForecastShape kShape{.lookback = 24, .horizon = 6, .variates = 2, .season = 12};
const SeriesSplit kSplit{400, 100, 100};

MethodOptions short_training() {
  MethodOptions options;
  options.epochs = 1;
  return options;
}

FittedForecaster fitted(const data::Series& series, const std::string& method) {
  Progress progress;
  return fit_forecaster(series, kSplit, method, kShape, short_training(), Rng(1), progress);
}

}  // namespace

TEST_CASE("every method: no leak: values after the forecast's start change nothing before it") {
  const data::Series series = tests::sines(600, 2);
  for (const ForecastMethod& method : forecast_methods()) {
    CAPTURE(method.name);
    const FittedForecaster clean = fitted(series, std::string(method.name));
    data::Series poisoned = series;
    poisoned.values = series.values.clone();
    poisoned.values.slice(0, 500).fill_(1e6);  // all test rows
    const FittedForecaster other = fitted(poisoned, std::string(method.name));
    const Tensor history = series.values.slice(0, 0, 500);
    CHECK(max_abs_diff(forecast(clean, history).mean, forecast(other, history).mean) == 0);
    CHECK(max_abs_diff(forecast(clean, history).quantiles, forecast(other, history).quantiles) ==
          0);
    // Nor do rows before the lookback.
    Tensor early = history.clone();
    early.slice(0, 0, 500 - kShape.lookback).fill_(-1e6);
    CHECK(max_abs_diff(forecast(clean, history).mean, forecast(clean, early).mean) == 0);
  }
}

TEST_CASE("every method: saved and loaded it forecasts the same, bit for bit") {
  const data::Series series = tests::sines(600, 2);
  const fs::path folder = fs::temp_directory_path() / "offprint_forecast_test";
  for (const ForecastMethod& method : forecast_methods()) {
    CAPTURE(method.name);
    fs::remove_all(folder);
    const FittedForecaster before = fitted(series, std::string(method.name));
    save(before, folder);
    const FittedForecaster after = load_forecaster(folder);
    const Forecast a = forecast(before, series.values), b = forecast(after, series.values);
    CHECK(max_abs_diff(a.mean, b.mean) == 0);
    CHECK(max_abs_diff(a.quantiles, b.quantiles) == 0);
    CHECK(after.names == series.names);
  }
  write_file(folder / "forecaster.safetensors", "no model");
  CHECK_THROWS_AS(load_forecaster(folder), Error);
  fs::remove_all(folder);
}

TEST_CASE("score: all windows count, and quantiles cover about what they say") {
  const data::Series series = tests::sines(600, 2);
  const ForecastScore ridge = score(fitted(series, "ridge"), series, 500, 600);
  CHECK(ridge.windows == 95);
  CHECK(ridge.mse_by_step.size() == 6);
  CHECK(ridge.mase < 1);
  CHECK(*ridge.coverage > 0.7);
  CHECK(*ridge.coverage < 0.95);
  const ForecastScore naive = score(fitted(series, "naive"), series, 500, 600);
  CHECK(naive.mse > 5 * ridge.mse);
  CHECK(*naive.quantile_loss > *ridge.quantile_loss);
  CHECK(score_table({ridge, naive}).rows.size() == 2);
}

TEST_CASE("score: the naive forecast's errors by hand") {
  data::Series line;
  line.source = "line", line.names = {"a"};
  line.values = at::arange(30, at::TensorOptions().dtype(at::kDouble)).unsqueeze(1);
  Progress progress;
  const ForecastShape shape{.lookback = 2, .horizon = 2};
  const FittedForecaster f = fit_forecaster(line, {20, 5, 5}, "naive", shape, {}, Rng(1), progress);
  const ForecastScore s = score(f, line, 25, 30);
  const double spread = f.scale.spread.item<double>();
  CHECK(s.windows == 4);
  CHECK(s.mse == doctest::Approx((1.0 + 4.0) / 2 / spread / spread));
  CHECK(s.mae == doctest::Approx(1.5 / spread));
  CHECK(s.mase == doctest::Approx(1.5));
}

TEST_CASE("fit: what does not fit is one line") {
  const data::Series series = tests::sines(600, 2);
  Progress progress;
  const auto message = [&](const SeriesSplit& split, const std::string& method) -> std::string {
    try {
      fit_forecaster(series, split, method, kShape, {}, Rng(1), progress);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message({20, 0, 0}, "ridge") ==
        "sines: 20 rows to train on, expected at least 30 (lookback 24 + horizon 6): give a "
        "shorter --lookback or --horizon");
  CHECK(message({700, 0, 0}, "ridge") == "forecast: 700 rows to fit on, the series has 600");
  CHECK(
      message(kSplit, "rigde").starts_with("no forecasting method 'rigde', did you mean 'ridge'?"));
  CHECK_THROWS_AS(forecast(fitted(series, "naive"), series.values.slice(0, 0, 10)), Error);
}
