// Rotary position embedding, Su et al. 2021 (RoFormer), arXiv 2104.09864, section 3.2.2: pairs of
// features are turned by position x base^(-2i/d), so that products of queries and keys depend on
// their distance alone.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::nn {

// Which features are a pair: neighbours (2i, 2i+1) as in the paper and in Llama's GGUF files, or
// (i, i + d/2) as in GPT-NeoX and Qwen.
enum class RotaryPairs { neighbours, halves };

struct Rotary {
  Tensor cosine, sine;  // (P,d/2), a row a position
  RotaryPairs pairs = RotaryPairs::neighbours;
};

// `positions` rows of `size` features, an even number. `factors` (d/2) divide the frequencies where
// given (Llama 3.1's long contexts). Angles are made in double.
Rotary make_rotary(int64_t positions, int64_t size, double base, RotaryPairs pairs,
                   const Tensor& factors = {});
// x (B,T,heads,d), its first step at position `first`. Throws Error past the last position.
Tensor rotate(const Rotary& r, const Tensor& x, int64_t first);

}  // namespace offprint::nn
