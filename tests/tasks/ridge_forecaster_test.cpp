#include "offprint/tasks/ridge_forecaster.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"
#include "tests/tasks/forecasting_series.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {
const ForecastShape kShape{.lookback = 8, .horizon = 3, .variates = 2, .season = 1};
}

TEST_CASE("ridge: its map is the dense solution of the normal equations at the penalty it chose") {
  const Tensor values = tests::sines(120, 2, 0.2).values;
  Progress progress;
  auto method = make_ridge(kShape, {});
  method->fit({values, 120}, Rng(1), progress);  // no validation: the middle of the grid
  const Tensor w = windows(values, 0, 120, 8, 3).transpose(1, 2).reshape({-1, 11});
  const Tensor last = w.slice(1, 7, 8), X = w.slice(1, 0, 8) - last, Y = w.slice(1, 8) - last;
  const Tensor XX = at::matmul(X.t(), X);
  const double penalty = XX.diagonal().mean().item<double>() * 1e-3 + 1e-12;
  const Tensor direct =
      at::linalg_solve(XX + penalty * at::eye(8, XX.options()), at::matmul(X.t(), Y));
  CHECK(max_abs_diff(method->state().front().tensor, direct) < 1e-8);
}

TEST_CASE("ridge: a noiseless recurrence is forecast exactly, whatever the level") {
  const Tensor values = tests::sines(200, 2, 0.0).values;
  Progress progress;
  auto method = make_ridge(kShape, {});
  method->fit({values, 150}, Rng(1), progress);
  const Tensor w = windows(values, 150, 200, 8, 3);
  CHECK(max_abs_diff(method->predict(w.slice(1, 0, 8)), w.slice(1, 8)) < 1e-3);
  CHECK(max_abs_diff(method->predict(w.slice(1, 0, 8) + 100), w.slice(1, 8) + 100) < 1e-3);
}

TEST_CASE("ridge: on noise the validation rows choose a penalty that shrinks") {
  Rng rng(2);
  const Tensor values = rng.normal({300, 2}, at::kDouble).cumsum(0);  // nothing to learn
  Progress progress;
  auto method = make_ridge(kShape, {});
  method->fit({values, 200}, Rng(1), progress);
  CHECK(method->state().front().tensor.abs().max().item<double>() < 0.3);
}

TEST_CASE("ridge: too few rows is one line") {
  Progress progress;
  CHECK_THROWS_WITH(
      make_ridge(kShape, {})->fit({at::zeros({10, 2}, at::kDouble), 10}, Rng(1), progress),
      "ridge: 10 rows to train on, expected at least 11");
}
