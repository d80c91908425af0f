// The best that one layer of linear attention can do: y = b^T G A q is linear in the cubic features
// of kernels/cubic_moments.h with coefficients of rank one, so its error is a quadratic function of
// b and of A, and their second moments are all there is to know. float64.
#pragma once
#include <span>
#include <vector>

#include "offprint/kernels/cubic_moments.h"
#include "offprint/models/hankel_attention.h"

namespace offprint::models {

struct OneLayerAttention {
  Tensor b, A;  // (p+1), (p+1,p)
};
Tensor forward(const OneLayerAttention& m, const Tensor& x);  // (B,N) -> (B) by G, float64

// As weights of one layer: zeros where they do not matter.
HankelAttention as_hankel_attention(const OneLayerAttention& m);

// E(y - x_{N+1})^2 under the moments.
double mean_squared_error(const OneLayerAttention& m, const kernels::CubicMoments& moments);

// Alternating least squares from random starts, the best of them: b given A and A given b are least
// squares problems each.
struct AlternatingOptions {
  int64_t restarts = 5, most_sweeps = 400;
  double tolerance = 1e-9;  // of the gain of a sweep over the error above the linear forecast's
};
struct AlternatingFit {
  OneLayerAttention layer;
  double mse = 0;                    // under the moments
  std::vector<double> mse_of_start;  // where each start ended
};
AlternatingFit fit_alternating(const kernels::CubicMoments& moments, Rng rng,
                               const AlternatingOptions& options = {});

// Two layers in closed form for an autoregression with coefficients rho (nearest lag first) and
// shocks of variance sigma^2, its p their number.
//   gradient_step: b = e_{p+1}, A = (Gamma_p^-1; 0), the paper's limit: one preconditioned gradient
//                  step. Needs gamma_0 .. gamma_{p-1}.
//   energy_rule:   b = (-w, 1), A = b w^T / sigma^2, w = rho reversed: the true forecast w^T q
//   times
//                  the mean squared shock of the context over its expectation. Our own: no rule of
//                  one layer has a smaller error to first order in 1/n (docs/papers).
OneLayerAttention gradient_step(std::span<const double> gamma, int64_t p);
OneLayerAttention energy_rule(std::span<const double> rho, double sigma);

}  // namespace offprint::models
