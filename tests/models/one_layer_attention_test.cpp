#include "offprint/models/one_layer_attention.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace offprint;
using namespace offprint::models;

namespace {

// x_t = 0.6 x_{t-1} - 0.3 x_{t-2} + e_t.
const std::vector<double> kRho = {0.6, -0.3};

std::vector<double> gamma_of(int64_t lags) {
  const double a = kRho[0], b = kRho[1];
  std::vector<double> gamma = {(1 - b) / ((1 + b) * ((1 - b) * (1 - b) - a * a))};
  gamma.push_back(gamma[0] * a / (1 - b));
  for (int64_t k = 2; k <= lags; ++k)
    gamma.push_back(a * gamma[gamma.size() - 1] + b * gamma[gamma.size() - 2]);
  return gamma;
}

Tensor windows_of(int64_t count, int64_t length, Rng& rng) {
  Tensor x = rng.normal({length + 100, count}, at::kDouble);
  for (int64_t t = 2; t < x.size(0); ++t) x[t] += kRho[0] * x[t - 1] + kRho[1] * x[t - 2];
  return x.slice(0, 100).t().contiguous();
}

}  // namespace

TEST_CASE("one layer: the tensor code of attention is b' G A q to 1e-10") {
  Rng rng(1);
  const OneLayerAttention m{rng.normal({4}, at::kDouble), rng.normal({4, 3}, at::kDouble)};
  const Tensor x = rng.normal({30, 25}, at::kDouble);
  CHECK(max_abs_diff(forward(as_hankel_attention(m), x), forward(m, x)) < 1e-10);
}

TEST_CASE("one layer: the error under moments of samples is the error on the samples") {
  Rng rng(2);
  const OneLayerAttention m{rng.normal({3}, at::kDouble), rng.normal({3, 2}, at::kDouble)};
  const Tensor w = windows_of(500, 20, rng);
  const double error =
      (forward(m, w.slice(1, 0, 19)) - w.select(1, 19)).square().mean().item<double>();
  CHECK(mean_squared_error(m, kernels::sample_cubic_moments(w, 2)) == doctest::Approx(error));
}

TEST_CASE("one layer: with n = 100 000 columns both closed forms are the true forecast") {
  Rng rng(3);
  const Tensor x = windows_of(4, 100'002, rng);
  const Tensor truth = at::matmul(x.slice(1, -2), at::tensor({kRho[1], kRho[0]}, at::kDouble));
  const double size = x.abs().max().item<double>();
  CHECK(max_abs_diff(forward(gradient_step(gamma_of(2), 2), x), truth) < 0.02 * size);
  CHECK(max_abs_diff(forward(energy_rule(kRho, 1), x), truth) < 0.02 * size);
}

TEST_CASE("one layer: alternating least squares ends between the relaxed bound and known rules") {
  for (const int64_t n : {8, 64}) {
    const auto gamma = gamma_of(n + 2);
    const auto moments = kernels::gaussian_cubic_moments(gamma, 2, n);
    const kernels::RelaxedGap bound = kernels::relaxed_gap(moments);
    const AlternatingFit fit = fit_alternating(moments, Rng(4));
    const double gap = fit.mse - bound.linear_error;
    CHECK(gap >= bound.gap * (1 - 1e-6));
    CHECK(fit.mse <= mean_squared_error(gradient_step(gamma, 2), moments));
    CHECK(fit.mse <= mean_squared_error(energy_rule(kRho, 1), moments) + 1e-9);
    CHECK(fit.mse_of_start.size() == 5);
    CHECK(mean_squared_error(fit.layer, moments) == doctest::Approx(fit.mse));
    if (n == 64) CHECK(gap < 1.1 * bound.gap);
  }
}
