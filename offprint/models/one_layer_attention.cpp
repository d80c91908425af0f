#include "offprint/models/one_layer_attention.h"

#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/kernels/hankel.h"
#include "offprint/kernels/levinson.h"
#include "offprint/kernels/ridge_solve.h"

namespace offprint::models {
namespace {

// Moments of all G_ab q_i, a and b in any order, as b and A meet them: one row for each pair of
// entries of b, one column for each pair of entries of A, so that either step is one product.
struct FullMoments {
  Tensor S;          // ((p+1)^2,X^2), X = (p+1) p
  Tensor c;          // (p+1,X) with the target
  double power = 0;  // of the target
};

FullMoments full_moments(const kernels::CubicMoments& m) {
  const Tensor index = kernels::cubic_feature_index(m.p);
  const int64_t rows = m.p + 1, X = rows * m.p;
  const Tensor S = m.S.index_select(0, index).index_select(1, index).view({rows, X, rows, X});
  return {S.permute({0, 2, 1, 3}).reshape({rows * rows, X * X}),
          m.C.select(0, m.p).index_select(0, index).view({rows, X}),
          m.gamma[m.p][m.p].item<double>()};
}

Tensor pairs(const Tensor& v) { return (v.unsqueeze(1) * v).flatten(); }

// What is quadratic in A (X) for this b, and in b for this A.
Tensor square_of_a(const FullMoments& m, const Tensor& b) {
  const int64_t X = m.c.size(1);
  return at::matmul(pairs(b), m.S).view({X, X});
}
Tensor square_of_b(const FullMoments& m, const Tensor& a) {
  const int64_t rows = m.c.size(0);
  return at::matmul(m.S, pairs(a)).view({rows, rows});
}

double error_of(const FullMoments& m, const Tensor& b, const Tensor& a, const Tensor& square) {
  return m.power - 2 * (b * at::matmul(m.c, a)).sum().item<double>() +
         (b * at::matmul(square, b)).sum().item<double>();
}

Tensor reversed(std::span<const double> values) {
  return at::tensor(std::vector<double>(values.rbegin(), values.rend()), at::kDouble);
}

}  // namespace

Tensor forward(const OneLayerAttention& m, const Tensor& x) {
  const int64_t p = m.A.size(1);
  const Tensor wide = x.to(at::kDouble);
  const Tensor G = kernels::hankel_gram(wide, p);
  return (at::matmul(G, m.b) * at::matmul(wide.slice(1, -p), m.A.t())).sum(1);
}

HankelAttention as_hankel_attention(const OneLayerAttention& m) {
  const int64_t p = m.A.size(1);
  HankelAttention model;
  model.options.lags = p;
  nn::LinearAttention layer{at::zeros({p + 1, p + 1}, m.b.options()),
                            at::zeros({p + 1, p + 1}, m.b.options())};
  layer.P[p].copy_(m.b);
  layer.Q.slice(1, 0, p).copy_(m.A);
  model.layers.push_back(std::move(layer));
  return model;
}

double mean_squared_error(const OneLayerAttention& m, const kernels::CubicMoments& moments) {
  const FullMoments full = full_moments(moments);
  const Tensor a = m.A.flatten();
  return error_of(full, m.b, a, square_of_b(full, a));
}

AlternatingFit fit_alternating(const kernels::CubicMoments& moments, Rng rng,
                               const AlternatingOptions& options) {
  require(options.restarts >= 1, "fit_alternating: {} starts, expected >= 1", options.restarts);
  const at::NoGradGuard no_grad;
  const FullMoments m = full_moments(moments);
  const double linear = kernels::relaxed_gap(moments).linear_error;
  AlternatingFit fit;
  fit.mse = std::numeric_limits<double>::infinity();
  for (int64_t start = 0; start < options.restarts; ++start) {
    Tensor b = rng.normal({moments.p + 1}, at::kDouble), a;
    double mse = std::numeric_limits<double>::infinity();
    for (int64_t sweep = 0; sweep < options.most_sweeps; ++sweep) {
      a = kernels::ridge_solve(square_of_a(m, b), at::matmul(b, m.c).unsqueeze(1)).squeeze(1);
      const Tensor square = square_of_b(m, a);
      b = kernels::ridge_solve(square, at::matmul(m.c, a).unsqueeze(1)).squeeze(1);
      const double now = error_of(m, b, a, square);
      const bool still = mse - now <= options.tolerance * std::abs(now - linear);
      mse = now;
      if (still) break;
    }
    fit.mse_of_start.push_back(mse);
    if (mse < fit.mse)
      fit.mse = mse, fit.layer = {b.clone(), a.view({moments.p + 1, moments.p}).clone()};
  }
  return fit;
}

OneLayerAttention gradient_step(std::span<const double> gamma, int64_t p) {
  require(p >= 1 && std::ssize(gamma) >= p, "gradient_step: {} autocovariances for {} lags",
          gamma.size(), p);
  Tensor b = at::zeros({p + 1}, at::kDouble);
  b[p] = 1;
  return {b, at::pad(at::linalg_inv(kernels::covariance_matrix(gamma, p)), {0, 0, 0, 1})};
}

OneLayerAttention energy_rule(std::span<const double> rho, double sigma) {
  const Tensor w = reversed(rho);
  const Tensor b = at::cat({-w, at::ones({1}, at::kDouble)});
  return {b, b.unsqueeze(1) * w / (sigma * sigma)};
}

}  // namespace offprint::models
