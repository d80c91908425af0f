#include "offprint/nn/window_scale.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

TEST_CASE("window scale: each window and column alone has mean 0 and spread 1, and goes back") {
  const Tensor x = 5 + 3 * Rng(1).normal({4, 50, 3});
  const WindowScale scale = window_scale(x, "mean");
  const Tensor inside = scaled(scale, x);
  CHECK(inside.mean(1).abs().max().item<double>() < 1e-5);
  CHECK((inside.square().mean(1) - 1).abs().max().item<double>() < 1e-4);
  CHECK(max_abs_diff(unscaled(scale, inside), x) < 1e-5);
}

TEST_CASE(
    "window scale: less the last value, or as it is; what does not move is no division by 0") {
  const Tensor x = at::arange(6, at::kFloat).view({1, 3, 2});
  CHECK(scaled(window_scale(x, "last"), x).slice(1, -1).abs().max().item<double>() == 0);
  CHECK(scaled(window_scale(x, "none"), x).equal(x));
  const Tensor still = at::full({1, 4, 1}, 7.0);
  CHECK(scaled(window_scale(still, "mean"), still).abs().max().item<double>() == 0);
  CHECK_THROWS_WITH_AS(window_scale(x, "first"), "--centre: 'first', expected mean|last|none",
                       Error);
  CHECK_THROWS_AS(window_scale(x[0], "mean"), Error);
}
