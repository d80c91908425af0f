// Normalisation over features: of the last dimension, or of the channels of a (B,C,L) signal.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::nn {

// Ba, Kiros & Hinton 2016, arXiv 1607.06450: zero mean, unit variance, then scale and shift.
struct LayerNorm {
  Tensor weight, bias;  // (D)
};
void visit(LayerNorm& m, auto&& param) {
  param("weight", m.weight, {.lr = {}, .weight_decay = 0.0});
  param("bias", m.bias, {.lr = {}, .weight_decay = 0.0});
}
LayerNorm make_layer_norm(int64_t features);
Tensor forward(const LayerNorm& m, const Tensor& x);           // (...,D)
Tensor forward_channels(const LayerNorm& m, const Tensor& x);  // (B,D,L)

// Zhang & Sennrich 2019, arXiv 1910.07467: divided by the root mean square, then scaled.
struct RmsNorm {
  Tensor weight;  // (D)
};
void visit(RmsNorm& m, auto&& param) { param("weight", m.weight, {.lr = {}, .weight_decay = 0.0}); }
RmsNorm make_rms_norm(int64_t features);
Tensor forward(const RmsNorm& m, const Tensor& x);           // (...,D)
Tensor forward_channels(const RmsNorm& m, const Tensor& x);  // (B,D,L)

}  // namespace offprint::nn
