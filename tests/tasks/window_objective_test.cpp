#include "offprint/tasks/window_objective.h"

#include <doctest/doctest.h>

#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("window objective: loss and validation are mean squared errors of their windows") {
  const Tensor values = tests::sines(60, 2).values;
  const ForecastShape shape{.lookback = 4, .horizon = 2, .variates = 2};
  const auto last_value = [](const Tensor& history) {
    return history.slice(1, -1).expand({-1, 2, -1});
  };
  WindowObjective objective({}, last_value, {values, 50}, shape, at::kCPU);
  CHECK(objective.size() == 45);
  Rng rng(1);
  const Tensor loss = objective.loss(at::tensor({0, 3}, at::kLong), rng);
  double by_hand = 0;
  for (const int64_t w : {0, 3})
    by_hand += (values.slice(0, w + 4, w + 6) - values[w + 3]).square().mean().item<double>() / 2;
  CHECK(loss.item<double>() == doctest::Approx(by_hand));
  double validation = 0;
  for (int64_t first = 50; first + 2 <= 60; ++first)
    validation +=
        (values.slice(0, first, first + 2) - values[first - 1]).square().mean().item<double>() / 9;
  CHECK(*objective.validate() == doctest::Approx(validation));
}
