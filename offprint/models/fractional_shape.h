// Drift and diffusion of any shape under fractional noise, learnt from a series by the variational
// bound. The posterior follows the exact one of a linear equation fitted before (kernels::Guide):
// each step is drawn as if the equation were linear, and the driver then has to have moved as the
// learnt shapes need it to; the bound is the density of that, so that it starts at the linear
// equation's evidence.
#pragma once
#include "offprint/kernels/fractional_filter.h"
#include "offprint/nn/perceptron.h"

namespace offprint::models {

// X in spreads of the series around its mean: b(x) = linear + drift(x), s(x) = scale
// exp(diffusion).
struct FractionalShape {
  nn::Perceptron drift, diffusion;  // 1 -> 1, silent at first
  Tensor hurst_raw;                 // (1): index = 0.02 + 0.96 sigmoid
};
void visit(FractionalShape& m, auto&& param) {
  param("drift", m.drift);
  param("diffusion", m.diffusion);
  param("hurst_raw", m.hurst_raw);
}
FractionalShape make_fractional_shape(int64_t hidden, double hurst, Rng& rng);
Tensor hurst_of(const FractionalShape& m);  // (1)

// What does not learn: the linear equation in the same units, its guide, and what was seen.
struct GuidedSeries {
  kernels::FractionalLine line;
  kernels::Guide guide;      // float32 tensors
  Tensor log_det;            // (N) of each step's spread
  Tensor seen, is_seen;      // (N+1) float32, 0 where missing; 1 where seen
  Tensor decay, root, lost;  // (K), (K,R), (K): rate-wise of a step; lost = decay - 1
};
GuidedSeries make_guided_series(const kernels::FractionalLine& line,
                                std::span<const double> values);

Tensor drift_at(const FractionalShape& m, const GuidedSeries& s, const Tensor& x);      // any shape
Tensor diffusion_at(const FractionalShape& m, const GuidedSeries& s, const Tensor& x);  // > 0

// Posterior states of the linear equation at every value, one path: (N+1,K+1).
Tensor guided_states(const GuidedSeries& s, Rng& rng);

// The bound [nats] of `steps` values after each row of `from` (P) given the states there (P,K+1),
// one path each: (P). ends, where asked for, are the states after the last step.
struct WindowBound {
  Tensor bound, ends;  // (P), (P,K+1)
};
WindowBound window_bound(const FractionalShape& m, const GuidedSeries& s, const Tensor& from,
                         const Tensor& states, int64_t steps, Rng& rng);

// The equation itself from states (P,K+1) for `steps` steps: X (steps,P). No gradients.
Tensor continue_paths(const FractionalShape& m, const GuidedSeries& s, const Tensor& states,
                      int64_t steps, Rng& rng);

}  // namespace offprint::models
