// Multi-head self-attention, Vaswani et al. 2017 (arXiv 1706.03762), sections 3.2 and 3.5.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/nn/linear.h"

namespace offprint::nn {

struct Attention {
  Linear qkv, output;  // D -> 3D (queries, keys, values), D -> D
  int64_t heads = 4;
};
void visit(Attention& m, auto&& param) {
  param("qkv", m.qkv);
  param("output", m.output);
}

// Error unless heads divides width.
Attention make_attention(int64_t width, int64_t heads, Rng& rng);
Tensor forward(const Attention& m, const Tensor& x, bool causal);  // (B,L,D) -> (B,L,D)

// sin and cos of position / 10000^(2i/D), alternating: (L,D) float32.
Tensor sinusoidal_positions(int64_t length, int64_t width);

}  // namespace offprint::nn
