// The CPU's vector code behind selective_scan.h; call that one.
#pragma once
#include "offprint/core/autograd.h"
#include "offprint/core/tensor.h"

namespace offprint::kernels::detail {

struct ScanInputs {
  Tensor x, dt, A, B, C, D;  // contiguous, on the CPU, float32 or float64
};

struct ScanOutputs {
  Tensor y;       // (B,L,D)
  Tensor starts;  // the states before each chunk of steps, in the layout of the code
};

// With with_starts false nothing is kept for backward, and starts is undefined.
ScanOutputs selective_scan_cpu(const ScanInputs& in, bool with_starts);

// Gradients of x, dt, A, B, C and D from that of y.
Tensors selective_scan_cpu_backward(const ScanInputs& in, const Tensor& starts, const Tensor& grad);

}  // namespace offprint::kernels::detail
