// The CPU's vector code behind scan2d.h; call that one.
#pragma once
#include "offprint/core/autograd.h"
#include "offprint/kernels/scan2d.h"

namespace offprint::kernels::detail {

struct Scan2dOutputs {
  Tensor y;      // (B,V,L,D)
  Tensor edges;  // the states left of and above each tile, in the layout of the code
};

// Inputs contiguous, on the CPU, float32 or float64. With with_edges false nothing is kept for
// backward, and edges is undefined.
Scan2dOutputs scan2d_cpu(const Scan2dInputs& in, bool with_edges);

// Gradients of the inputs in their order from that of y.
Tensors scan2d_cpu_backward(const Scan2dInputs& in, const Tensor& edges, const Tensor& grad);

}  // namespace offprint::kernels::detail
