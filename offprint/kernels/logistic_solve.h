// Ridge-penalised logistic regression to the optimum, with a dual certificate: Newton's method on
//   F(w,b) = 1/n sum_i log(1 + exp(-y_i (w x_i + b))) + l2/2 |w|^2 + tilt (w,b)
// The intercept is not penalised. Dual: Boyd & Vandenberghe 2004, section 5.2, with log(1 + e^-m)
// = max over a in [0,1] of -a m + H(a), H the entropy of a coin.
#pragma once
#include <cstdint>

#include "offprint/core/tensor.h"

namespace offprint::kernels {

struct LogisticOptions {
  double l2 = 1e-3;          // of the weights, > 0: separable data has no finite optimum without
  double tolerance = 1e-10;  // of the gap
  int64_t max_steps = 100;   // Newton steps
  Tensor tilt = {};          // (D+1) linear term on (w,b); undefined: none
  Tensor start = {};         // (D+1) where to begin; undefined: 0
};

struct LogisticFit {
  Tensor weights;        // (D+1) float64, the intercept last
  double objective = 0;  // F at the weights
  double gap = 0;        // F(weights) - min F is at most this, up to rounding; infinite: no proof
  int64_t steps = 0;
};

// X (N,D) finite features, y (N) labels 0 or 1; float64. `gap` stays above the tolerance where
// max_steps are too few or rounding forbids better: look at it. Throws Error on other shapes or
// values, l2 <= 0, one class only, or a tilt of the intercept that leaves F without a minimum
// (outside (-n_0/n, n_1/n)).
LogisticFit logistic_solve(const Tensor& X, const Tensor& y, const LogisticOptions& options = {});

}  // namespace offprint::kernels
