// All-pole filtering through the FFT: what O(L P) steps of feedback give, in O(L log L).
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// y[h,k] = u[h,k] + sum_{j=1..P} r[h,j-1] y[h,k-j], from rest.
//   u  (H,L)  input, float32 or float64
//   r  (H,P)  feedback, same type; taps past L do not matter. P may be 0
// Returns (H,L). As power series it is u(z) / (1 - z r(z)) modulo z^L, the reciprocal by Newton's
// iteration, in float64 whatever the type. Rounding is relative to the largest response: a feedback
// that explodes drowns the small values of its own row. Differentiable in both; backward keeps the
// response and y. Any device. Throws Error on a shape or type mismatch.
Tensor recursive_filter(const Tensor& u, const Tensor& r);

// The same step by step: the oracle. Differentiable.
Tensor recursive_filter_reference(const Tensor& u, const Tensor& r);

}  // namespace offprint::kernels
