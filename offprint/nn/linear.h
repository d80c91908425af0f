// Affine maps, over the last dimension or over the channels of a (B,C,L) signal.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct Linear {
  Tensor weight, bias;  // (O,I), (O) or undefined
};
void visit(Linear& m, auto&& param) {
  param("weight", m.weight);
  param("bias", m.bias, {.lr = {}, .weight_decay = 0.0});
}

// Weights and bias uniform in +-1/sqrt(inputs).
Linear make_linear(int64_t inputs, int64_t outputs, Rng& rng, bool bias = true);

Tensor forward(const Linear& m, const Tensor& x);           // (...,I) -> (...,O)
Tensor forward_channels(const Linear& m, const Tensor& x);  // (B,I,L) -> (B,O,L)

}  // namespace offprint::nn
