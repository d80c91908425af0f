// The CPU's float32 code behind fft_conv.h; call that one. Sequences of a batch share their
// channel's kernel, so 32 of them go through one transform together: sixteen vector lanes, and two
// real sequences as real and imaginary part of each.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels::detail {

// Whether u (B,H,L) is on the CPU, float32, and has enough sequences to fill the lanes.
bool lanes_fit(const Tensor& u);

// y (B,H,L) = k * u, causal. n >= L + K - 1 with no prime factor above 5. Contiguous float32.
Tensor lanes_convolve(const Tensor& u, const Tensor& k, int64_t n);

struct LanesGradient {
  Tensor u, k;
};
LanesGradient lanes_gradient(const Tensor& u, const Tensor& k, const Tensor& g, int64_t n);

}  // namespace offprint::kernels::detail
