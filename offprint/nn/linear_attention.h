// One layer of linear self-attention over the columns of a Hankel matrix (kernels/hankel.h), the
// query masked out as a key. Zhou et al. 2025, arXiv 2510.09776:
//   H + 1/n P H M (H^T Q H), M = diag(I_n, 0)
// and its softmax twin, in which each column of H^T Q H becomes its softmax before the mask.
#pragma once
#include <string_view>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

// softmax_over_n keeps the 1/n behind the softmax, as the authors' code does: an update n times
// smaller.
enum class ColumnAttention { linear, softmax, softmax_over_n };
ColumnAttention parse_column_attention(std::string_view name);  // Error names the three

struct LinearAttention {
  Tensor P, Q;  // (D,D) value matrix, product of key and query matrices
};
void visit(LinearAttention& m, auto&& param) {
  param("P", m.P);
  param("Q", m.Q);
}

LinearAttention make_linear_attention(int64_t rows, double spread, Rng& rng);  // N(0, spread^2)

// H (B,D,n+1) -> (B,D,n+1). Linear attention costs O(n D^2), softmax O(n^2 D).
Tensor forward(const LinearAttention& m, const Tensor& H, ColumnAttention kind);
// The last column of it alone, (B,D), in O(n D^2) for every kind.
Tensor forward_query(const LinearAttention& m, const Tensor& H, ColumnAttention kind);

}  // namespace offprint::nn
