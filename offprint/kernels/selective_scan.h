// The selective scan: a diagonal state space whose step size, input and output change with every
// step. Gu & Dao 2023 (Mamba), arXiv 2312.00752, section 3.2 and algorithm 2.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// h_t = exp(dt_t A) h_{t-1} + dt_t B_t x_t,  y_t = C_t h_t + D x_t,  h before the first step is 0.
//   x    (B,L,D)  input
//   dt   (B,L,D)  step sizes, > 0
//   A    (D,N)    state matrix, < 0 unless the state is to grow
//   B,C  (B,L,N)  input and output matrix of each step, one for all channels
//   D    (D)      what passes by the state
// Returns y (B,L,D), all of one type, float32 or float64. Differentiable in all six; backward keeps
// the inputs and one state in 32, and makes the others again. Any device; on the CPU one pass
// without a tensor of shape (B,L,D,N). The result does not depend on the number of threads.
// Throws Error on a shape or type mismatch and on L, D or N of 0.
Tensor selective_scan(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                      const Tensor& C, const Tensor& D);

// The same by an associative scan in at:: operations with its own backward, log2 L deep (Blelloch
// 1990, Prefix sums): what devices other than the CPU run. Memory O(B L D N).
Tensor selective_scan_parallel(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                               const Tensor& C, const Tensor& D);

// The same step by step: the oracle. Differentiable through at::.
Tensor selective_scan_reference(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                                const Tensor& C, const Tensor& D);

}  // namespace offprint::kernels
