// The CPU's vector code behind vandermonde.h; call that one.
#pragma once
#include <utility>

#include "offprint/core/tensor.h"

namespace offprint::kernels::detail {

// Contiguous CPU tensors (H,N) complex64 or complex128. Threads share the channels, so the result
// does not depend on their number.
Tensor vandermonde_cpu(const Tensor& W, const Tensor& log_a, int64_t L);

// (dW, dlog_a) from the kernel's gradient (H,L).
std::pair<Tensor, Tensor> vandermonde_cpu_backward(const Tensor& W, const Tensor& log_a,
                                                   const Tensor& grad);

}  // namespace offprint::kernels::detail
