#include "offprint/nn/smooth_descent.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

// 1/2 x' A x - b' x with A of condition `condition`.
struct Valley {
  Tensor curvature, b, best;
  SmoothFunction f;
};
Valley valley(int64_t n, double condition) {
  Rng rng{3};
  Valley v;
  v.curvature =
      at::exp(at::arange(n, at::kDouble) * (std::log(condition) / static_cast<double>(n - 1)));
  v.b = rng.normal({n}, at::kDouble), v.best = v.b / v.curvature;
  const auto value = [v](const Tensor& x) {
    return (0.5 * x * v.curvature * x - v.b * x).sum().item<double>();
  };
  v.f.value = value;
  v.f.at = [v, value](const Tensor& x) -> SmoothPoint { return {value(x), v.curvature * x - v.b}; };
  return v;
}

}  // namespace

TEST_CASE("Armijo descent falls with every step, finds the valley and keeps its step") {
  const Valley v = valley(6, 10);
  const Tensor start = at::zeros({6}, at::kDouble);
  double last = v.f.value(start);
  Descent d{.x = start, .step = 1};
  for (int i = 0; i < 200; ++i) {
    const Descent next = armijo_descent(v.f, d.x, 1, d.step);
    CHECK(next.value < last + 1e-15);
    last = next.value, d = next;
  }
  CHECK(max_abs_diff(d.x, v.best) < 1e-6);
  CHECK(d.step < 1.5);  // about 1 / curvature
  const Descent at_once = armijo_descent(v.f, start, 200, 1);
  CHECK(max_abs_diff(at_once.x, v.best) < 1e-6);
  CHECK(at_once.gradients <= 200);
}

TEST_CASE("L-BFGS solves a valley of condition 1e4 in few steps where gradients do not") {
  const Valley v = valley(8, 1e4);
  const Tensor start = at::zeros({8}, at::kDouble);
  const Descent quasi = lbfgs_descent(v.f, start, 80, 1);
  CHECK(max_abs_diff(quasi.x, v.best) < 1e-5);
  CHECK(max_abs_diff(armijo_descent(v.f, start, 80, 1).x, v.best) > 1e-3);
  CHECK(max_abs_diff(start, at::zeros({8}, at::kDouble)) == 0);
}

TEST_CASE("Adam's descent gives the best point it saw") {
  const Valley v = valley(4, 5);
  const Tensor start = at::zeros({4}, at::kDouble);
  CHECK(adam_descent(v.f, start, 5, 1e3).value <= v.f.value(start));
  CHECK(max_abs_diff(adam_descent(v.f, start, 500, 0.02).x, v.best) < 1e-2);
}

TEST_CASE("descents end at once where the gradient is zero, and refuse a step of zero") {
  const Valley v = valley(4, 5);
  CHECK(max_abs_diff(armijo_descent(v.f, v.best, 10, 1).x, v.best) < 1e-8);
  CHECK_THROWS_WITH_AS(armijo_descent(v.f, v.best, 1, 0),
                       "descent: first step 0, expected above 0 and finite", Error);
}
