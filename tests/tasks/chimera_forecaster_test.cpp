#include "offprint/tasks/chimera_forecaster.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/forecast.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

MethodOptions small_model() {
  MethodOptions options;
  options.epochs = 6, options.patience = 0, options.lr = 5e-3, options.width = 8;
  options.depth = 1, options.dropout = 0, options.states = 8, options.mamba.d_state = 4;
  return options;
}

const SeriesSplit kSplit{.train = 300, .validation = 60, .test = 60};
const ForecastShape kShape{.lookback = 36, .horizon = 6, .variates = 3, .season = 12};

}  // namespace

TEST_CASE("Chimera forecasts what repeats, by either decoder, far better than the last value") {
  const data::Series series = tests::sines(420, 3);
  for (const char* decoder : {"linear", "closed-loop"}) {
    CAPTURE(decoder);
    MethodOptions options = small_model();
    options.decoder = decoder, options.centre = "mean";
    Progress progress;
    const auto error = [&](const char* method) {
      return score(fit_forecaster(series, kSplit, method, kShape, options, Rng(1), progress),
                   series, 360, 420)
          .mse;
    };
    CHECK(error("chimera") < 0.1 * error("naive"));
  }
}

TEST_CASE("Chimera: the closed loop serves another horizon, the one map does not") {
  const data::Series series = tests::sines(420, 3);
  MethodOptions options = small_model();
  options.epochs = 1;
  Progress progress;
  FittedForecaster fixed =
      fit_forecaster(series, kSplit, "chimera", kShape, options, Rng(1), progress);
  CHECK_THROWS_AS(serve_horizon(fixed, 9), Error);
  options.decoder = "closed-loop";
  FittedForecaster loop =
      fit_forecaster(series, kSplit, "chimera", kShape, options, Rng(1), progress);
  const Tensor before = forecast(loop, series.values).mean;
  serve_horizon(loop, 9);
  CHECK(max_abs_diff(forecast(loop, series.values).mean.slice(0, 0, 6), before) < 1e-4);
}

TEST_CASE("Chimera's twins: each differs in what its name says") {
  const auto parameters = [](const char* method) {
    return nn::parameter_count(find_forecast_method(method).make(kShape, small_model())->state());
  };
  CHECK(parameters("2d-mamba") < parameters("chimera"));
  CHECK(parameters("2d-mamba-2") < parameters("2d-mamba"));
  CHECK(parameters("chimera-one-way") < parameters("chimera"));
  CHECK(parameters("chimera-fixed") < parameters("chimera"));
  MethodOptions options = small_model();
  options.decoder = "loop";
  CHECK_THROWS_WITH_AS(make_chimera(kShape, options),
                       "--decoder: 'loop', expected linear|closed-loop", Error);
}
