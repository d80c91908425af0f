// Convolution of long sequences through the FFT, O(L log L) a channel.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// Causal convolution y[b,h,l] = sum_{j <= l} k[h,j] u[b,h,l-j].
//   u  (B,H,L)  input, float32 or float64
//   k  (H,K)    kernel, same type; taps past L do not matter
// Returns (B,H,L). Differentiable in both; backward keeps only u and k. Any device.
// Throws Error on a shape or type mismatch.
Tensor fft_conv(const Tensor& u, const Tensor& k);

// The same plus skip[h] u[b,h,l], skip (H), which is part of the tap at lag 0 and costs nothing.
Tensor fft_conv(const Tensor& u, const Tensor& k, const Tensor& skip);

// Two-sided: y[b,h,l] = sum_{j <= l} k[h,j] u[b,h,l-j] + sum_{j > 0} k_back[h,j-1] u[b,h,l+j].
//   k_back (H,K')  taps for inputs 1, 2, ... steps ahead
Tensor fft_conv_two_sided(const Tensor& u, const Tensor& k, const Tensor& k_back);

// The same causal sum term by term, O(L K): the oracle. Differentiable.
Tensor direct_conv(const Tensor& u, const Tensor& k);

// Smallest even 2^a 3^b 5^c >= n: a length the FFT factorises well. n >= 1.
int64_t good_fft_length(int64_t n);

}  // namespace offprint::kernels
