#include "offprint/tasks/attention_forecasters.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/forecast.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

MethodOptions small(int64_t depth) {
  MethodOptions options;
  options.steps = 60, options.batch = 64, options.depth = depth, options.order = 6;
  options.lr = 3e-3;
  return options;
}

const ForecastShape kShape{.lookback = 40, .horizon = 6, .variates = 2, .season = 12};

double error_of(const std::string& method, const MethodOptions& options) {
  const data::Series series = tests::sines(500, 2);
  Progress progress;
  const SeriesSplit split = split_by_share(500, 0.1, 0.2);
  const auto fitted = fit_forecaster(series, split, method, kShape, options, Rng(1), progress);
  return score(fitted, series, split.train + split.validation, 500).mse;
}

}  // namespace

TEST_CASE("attention forecasters: a season is foretold by one layer and by two, levels or not") {
  const double naive = error_of("naive", small(1));
  CHECK(error_of("lsa", small(1)) < 0.3 * naive);
  CHECK(error_of("lsa", small(2)) < 0.3 * naive);
  MethodOptions levels = small(1);
  levels.difference = false, levels.centre = "mean";
  CHECK(error_of("lsa", levels) < 0.3 * naive);
  CHECK(error_of("lsa-softmax", small(1)) < naive);
}

TEST_CASE("attention forecasters: any horizon is served, and what is saved comes back") {
  const data::Series series = tests::sines(300, 2);
  Progress progress;
  auto fitted = fit_forecaster(series, split_by_share(300, 0.1, 0), "lsa", kShape, small(2), Rng(2),
                               progress);
  const Tensor six = forecast(fitted, series.values).mean;
  serve_horizon(fitted, 9);
  const Tensor nine = forecast(fitted, series.values).mean;
  CHECK(nine.size(0) == 9);
  CHECK(max_abs_diff(nine.slice(0, 0, 6), six) < 1e-9);
  auto other = make_lsa(kShape, small(2));
  nn::copy_values(other->state(), nn::copy_of(fitted.forecaster->state()));
  const Tensor history = series.values.slice(0, 0, 40).unsqueeze(0);
  CHECK(max_abs_diff(other->predict(history), fitted.forecaster->predict(history).slice(1, 0, 6)) <
        1e-9);
}

TEST_CASE("attention forecasters: a window without columns is one line") {
  CHECK_THROWS_WITH_AS(make_lsa({.lookback = 7, .horizon = 1}, small(1)),
                       doctest::Contains("--lookback: 7 rows, expected more than --order 6"),
                       Error);
}
