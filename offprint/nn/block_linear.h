// A block-diagonal linear map: the features fall into equal blocks, each with a matrix of its own.
// What Monarch Mixer has for the matrices of its MLP (Fu et al. 2023, arXiv 2310.12109, section
// 4.1, where b = 4): 1/b of a dense map's parameters.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct BlockLinear {
  Tensor weight, bias;  // (b, O/b, I/b), (O)
};
void visit(BlockLinear& m, auto&& param) {
  param("weight", m.weight);
  param("bias", m.bias, {.lr = {}, .weight_decay = 0.0});
}

// Uniform in +-1/sqrt(I/b). Throws Error unless blocks divides both sizes.
BlockLinear make_block_linear(int64_t inputs, int64_t outputs, int64_t blocks, Rng& rng);
Tensor forward(const BlockLinear& m, const Tensor& x);  // (...,I) -> (...,O)
Tensor dense(const BlockLinear& m);                     // (O,I), the oracle

}  // namespace offprint::nn
