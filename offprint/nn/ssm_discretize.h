// From a continuous diagonal state space x' = A x + B u to x_k = A_bar x_{k-1} + B_bar u_k.
// Gu et al. 2022 (S4D), arXiv 2206.11893, section 3.1.
#pragma once
#include <string>

#include "offprint/core/tensor.h"

namespace offprint::nn {

// log_a is log A_bar, so that A_bar^l = exp(l log_a) keeps its digits at any lag.
struct DiscreteDiagonal {
  Tensor log_a, B;  // (H,N), (H,N) complex
};

//   A   (H,N)  complex, nonzero       [1/s]
//   B   (H,N)  complex
//   dt  (H)    real, > 0              [s]
// Worked out in complex128 and returned in A's type. Differentiable.
DiscreteDiagonal discretize_zoh(const Tensor& A, const Tensor& B, const Tensor& dt);
DiscreteDiagonal discretize_bilinear(const Tensor& A, const Tensor& B, const Tensor& dt);

// By name: "zoh", "bilinear"; Error on another.
DiscreteDiagonal discretize(const std::string& rule, const Tensor& A, const Tensor& B,
                            const Tensor& dt);

// exp(x) - 1 of a complex x without cancellation near 0. Differentiable.
Tensor complex_expm1(const Tensor& x);

}  // namespace offprint::nn
