// Sums of complex exponentials on the grid l = 0 .. L-1: the convolution kernel of a diagonal state
// space. Gu et al. 2022 (S4D), arXiv 2206.11893, section 3.3.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// K[h,l] = 2 Re sum_n W[h,n] exp(l log_a[h,n]), l = 0 .. L-1. The factor 2 and the real part stand
// for the conjugate twins that are not stored.
//   W      (H,N)  complex64 or complex128
//   log_a  (H,N)  same type; real parts <= 0 unless the kernel is to grow
// Returns (H,L), float32 or float64. Differentiable in both; backward keeps only the inputs.
// Every exponential is made in double precision, whatever the type: float32 keeps 1e-6 relative to
// sum |W| at any L. Extra memory O(H N sqrt L), never O(H N L). Any device.
// Throws Error on a shape or type mismatch or L < 1.
Tensor vandermonde(const Tensor& W, const Tensor& log_a, int64_t L);

// The same blocks as at:: operations: what devices other than the CPU run. Differentiable.
Tensor vandermonde_blocked(const Tensor& W, const Tensor& log_a, int64_t L);

// The same sum, term by term in double precision, in blocks of lags that bound memory: the oracle.
// Differentiable through at::.
Tensor vandermonde_reference(const Tensor& W, const Tensor& log_a, int64_t L);

}  // namespace offprint::kernels
