// Linear self-attention as a forecaster of one value: a window becomes a Hankel matrix whose query
// column ends in 0, L layers fill the zero. Zhou et al. 2025, arXiv 2510.09776. With one layer this
// is y = b^T G A q, b the last row of P, A the first p columns of Q: see one_layer_attention.h.
#pragma once
#include <string>
#include <vector>

#include "offprint/nn/linear_attention.h"

namespace offprint::models {

struct HankelAttentionOptions {
  int64_t lags = 5, depth = 1;  // p, L
  std::string attention = "linear";
  double init = 0.1;  // spread of P and Q at the start
};

struct HankelAttention {
  HankelAttentionOptions options;
  std::vector<nn::LinearAttention> layers;
};
void visit(HankelAttention& m, auto&& param) { param("layers", m.layers); }

// Throws Error on sizes that are not positive and an unknown attention.
HankelAttention make_hankel_attention(const HankelAttentionOptions& options, Rng& rng);

// x (B,N), N > p, to the value after each window, (B). In the type of the weights; differentiable.
Tensor forward(const HankelAttention& model, const Tensor& x);

// The same function with one layer more, whose P is zero: training goes on from there.
HankelAttention with_another_layer(const HankelAttention& model, Rng& rng);

}  // namespace offprint::models
