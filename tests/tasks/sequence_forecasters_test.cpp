#include "offprint/tasks/sequence_forecasters.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

const ForecastShape kShape{.lookback = 24, .horizon = 4, .variates = 2, .season = 12};

MethodOptions small() {
  MethodOptions options;
  options.width = 8, options.depth = 1, options.states = 8, options.dropout = 0;
  options.epochs = 12, options.lr = 0.01;
  return options;
}

}  // namespace

TEST_CASE("sequence forecasters: each learns the season that the mean of the history misses") {
  const data::Series series = tests::sines(400, 2, 0.1);
  const Tensor values =
      standardized(standardizer_of(series.values.slice(0, 0, 240)), series.values);
  const Tensor w = windows(values, 300, 400, 24, 4);
  const Tensor x = w.slice(1, 0, 24), truth = w.slice(1, 24);
  const double flat = (x.mean(1, true) - truth).square().mean().item<double>();
  for (auto* make : {make_s4d, make_lstm, make_transformer}) {
    auto method = make(kShape, small());
    Progress progress;
    method->fit({values.slice(0, 0, 300), 240}, Rng(1), progress);
    CHECK((method->predict(x) - truth).square().mean().item<double>() < 0.3 * flat);
    CHECK(max_abs_diff(method->predict(x + 3), method->predict(x) + 3) < 1e-4);
  }
}

TEST_CASE("sequence forecasters: one horizon only, and a centre there is") {
  CHECK_FALSE(make_lstm(kShape, small())->serve(9));
  MethodOptions wrong = small();
  wrong.centre = "median";
  CHECK_THROWS_WITH_AS(make_s4d(kShape, wrong), "--centre: 'median', expected mean|last", Error);
  CHECK(sequence_options("s4d", kShape, small()).outputs == 4);
}
