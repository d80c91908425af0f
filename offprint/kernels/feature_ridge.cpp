#include "offprint/kernels/feature_ridge.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

// How far behind a line's score has to be: scores of a line and of what is nearly one differ by
// chance, by sqrt(8 freedom) / n where both are right, and at the edge of the data a line errs
// less.
double worth_bending(int64_t n) { return 1 - std::min(0.02, 20 / static_cast<double>(n)); }

FeatureRidge drawn(const Tensor& x, int64_t units, Rng& rng) {
  const int64_t d = x.size(1);
  FeatureRidge f;
  f.centre = x.mean(0);
  const Tensor spread = (x - f.centre).square().mean(0).sqrt();
  f.scale = at::where(spread > 1e-12, spread, 1.0);
  // Slopes of many sizes, so that steep and slow functions are both near.
  const Tensor size = at::exp(rng.uniform({1, units}, std::log(0.4), std::log(3.0), at::kDouble));
  f.weight = rng.normal({d, units}, at::kDouble) * size;
  if (d > 0) f.weight /= std::sqrt(static_cast<double>(d));
  f.bias = rng.uniform({units}, -2, 2, at::kDouble) * size.squeeze(0);
  return f;
}

void solve(FeatureRidge& f, const Tensor& x, const Tensor& y) {
  const auto n = static_cast<double>(x.size(0));
  const Tensor phi = features(f, x);
  f.mean = phi.mean(0), f.intercept = y.mean().item<double>();
  f.beta = at::zeros({phi.size(1)}, at::kDouble);
  const Tensor centred = phi - f.mean, target = y - f.intercept;
  const double total = target.square().sum().item<double>();
  f.score = total / n * std::pow(n / (n - 1), 2);
  if (phi.size(1) == 0) return;
  const auto [values, vectors] = at::linalg_eigh(centred.t().mm(centred) / n);
  const Tensor along = vectors.t().mv(centred.t().mv(target) / n);
  const Tensor size = values.clamp_min(0);
  const double top = size.max().item<double>();
  if (top <= 1e-14) return;
  f.score = std::numeric_limits<double>::infinity();
  for (double penalty = 1e-9; penalty < 2; penalty *= 10) {
    const Tensor inverse = (size + penalty * top).reciprocal();
    const Tensor beta = vectors.mv(inverse * along);
    const double error = (target - centred.mv(beta)).square().mean().item<double>();
    const double freedom = (size * inverse).sum().item<double>() + 1;
    if (freedom >= 0.9 * n) continue;
    const double score = error / std::pow(1 - freedom / n, 2);
    if (score < f.score) f.score = score, f.beta = beta, f.penalty = penalty;
  }
}

}  // namespace

Tensor features(const FeatureRidge& f, const Tensor& x) {
  const Tensor standard = (x - f.centre) / f.scale;
  if (f.bias.size(0) == 0) return standard;
  return at::cat({standard, at::tanh(at::matmul(standard, f.weight) + f.bias)}, -1);
}

Tensor predict(const FeatureRidge& f, const Tensor& x) {
  return at::matmul(features(f, x) - f.mean, f.beta) + f.intercept;
}

FeatureRidge fit_feature_ridge(const Tensor& x, const Tensor& y, int64_t units, Rng rng) {
  require(x.dim() == 2 && y.dim() == 1 && x.size(0) == y.size(0) && x.size(0) >= 3,
          "fit_feature_ridge: x is {} and y {}, expected (N,D) and (N), N at least 3",
          shape_text(x), shape_text(y));
  FeatureRidge line = drawn(x, 0, rng);
  solve(line, x, y);
  if (units <= 0 || x.size(1) == 0) return line;
  FeatureRidge bent = drawn(x, units, rng);
  solve(bent, x, y);
  return bent.score < worth_bending(x.size(0)) * line.score ? bent : line;
}

}  // namespace offprint::kernels
