// Layer normalisation over the channels of a (B,D,L) signal in one pass a direction, without a
// transpose. Ba, Kiros & Hinton 2016, arXiv 1607.06450.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// y[b,d,l] = (x[b,d,l] - mean) / sqrt(variance + epsilon) * weight[d] + bias[d], mean and variance
// over d. x (B,D,L); weight, bias (D) of its type. Differentiable in all three. Fused for float32
// on the CPU, the same for any thread count; otherwise the reference. Throws Error on a shape
// mismatch.
Tensor channel_norm(const Tensor& x, const Tensor& weight, const Tensor& bias,
                    double epsilon = 1e-5);

// The formula in tensor operations: the oracle.
Tensor channel_norm_reference(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              double epsilon = 1e-5);

}  // namespace offprint::kernels
