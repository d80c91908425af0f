// Dilated causal convolution, one filter a channel (van den Oord et al. 2016, arXiv 1609.03499,
// section 2.1; depthwise as in Chollet 2017): y[l] = b + sum_j w[j] x[l - j dilation].
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct CausalConv {
  Tensor weight, bias;  // (C,1,K) with the newest tap last, (C)
  int64_t dilation = 1;
};
void visit(CausalConv& m, auto&& param) {
  param("weight", m.weight);
  param("bias", m.bias, {.lr = {}, .weight_decay = 0.0});
}

CausalConv make_causal_conv(int64_t channels, int64_t taps, int64_t dilation, Rng& rng);
Tensor forward(const CausalConv& m, const Tensor& x);        // (B,C,L) -> (B,C,L)
Tensor forward_steps(const CausalConv& m, const Tensor& x);  // (B,L,C) -> (B,L,C), for few taps

}  // namespace offprint::nn
