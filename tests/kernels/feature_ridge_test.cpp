// Ridge regression on random features: lines exactly, curves closely, gradients.
#include "offprint/kernels/feature_ridge.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("feature ridge: a line stays a line, to rounding") {
  Rng rng(1);
  const Tensor x = rng.normal({200, 3}, at::kDouble);
  const Tensor y = 2 * x.select(1, 0) - x.select(1, 2) + 5;
  const FeatureRidge f = fit_feature_ridge(x, y, 60, Rng(2));
  const Tensor fresh = 3 * rng.normal({50, 3}, at::kDouble);
  CHECK(max_abs_diff(predict(f, fresh), 2 * fresh.select(1, 0) - fresh.select(1, 2) + 5) < 1e-5);
}

TEST_CASE("feature ridge: a curve under noise, and its score is the error on new rows") {
  Rng rng(3);
  const auto curve = [](const Tensor& x) {
    return at::tanh(2 * x.select(1, 0)) * x.select(1, 1).abs();
  };
  const Tensor x = rng.uniform({3000, 2}, -1, 1, at::kDouble);
  const Tensor y = curve(x) + 0.1 * rng.normal({3000}, at::kDouble);
  const FeatureRidge f = fit_feature_ridge(x, y, 120, Rng(4));
  const Tensor fresh = rng.uniform({3000, 2}, -1, 1, at::kDouble);
  const double off = (predict(f, fresh) - curve(fresh)).square().mean().item<double>();
  CHECK(off < 0.001);
  CHECK(f.score == doctest::Approx(off + 0.01).epsilon(0.1));
  CHECK(fit_feature_ridge(x, y, 0, Rng(4)).score > 0.02);
}

TEST_CASE("feature ridge: inputs that are none or constant, gradients, wrong shapes") {
  Rng rng(5);
  const Tensor y = rng.normal({20}, at::kDouble);
  const FeatureRidge none = fit_feature_ridge(at::zeros({20, 0}, at::kDouble), y, 30, Rng(1));
  CHECK(max_abs_diff(predict(none, at::zeros({4, 0}, at::kDouble)),
                     at::full({4}, y.mean().item<double>(), at::kDouble)) < 1e-12);
  const FeatureRidge flat = fit_feature_ridge(at::ones({20, 1}, at::kDouble), y, 0, Rng(1));
  CHECK(max_abs_diff(predict(flat, at::ones({1, 1}, at::kDouble)), y.mean().view({1})) < 1e-12);
  const Tensor x = rng.normal({60, 2}, at::kDouble);
  const FeatureRidge f = fit_feature_ridge(x, at::tanh(3 * x.select(1, 0)), 20, Rng(6));
  Tensor at_point = rng.normal({5, 2}, at::kDouble);
  at_point.set_requires_grad(true);
  CHECK(gradient_check([&](const Tensors& in) { return predict(f, in[0]); }, {at_point}) < 1e-6);
  CHECK_THROWS_AS(fit_feature_ridge(x, y, 0, Rng(1)), Error);
}
