#include "offprint/nn/linear_attention.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

constexpr std::string_view kNames[] = {"linear", "softmax", "softmax-over-n"};

// What the columns `query` (B,D,K) get from the keys of H.
Tensor update(const LinearAttention& m, const Tensor& H, const Tensor& query,
              ColumnAttention kind) {
  require_dim(H, 3, "linear attention", "H", "(B,D,n+1)");
  require(H.size(1) == m.P.size(0) && H.size(2) >= 2,
          "linear attention: H is {}, expected (B,{},n+1) with n >= 1", shape_text(H), m.P.size(0));
  const int64_t n = H.size(2) - 1;
  const Tensor keys = H.slice(2, 0, n);
  const double share = 1.0 / static_cast<double>(n);
  if (kind == ColumnAttention::linear) {
    // (H M H^T) Q first: n x n scores are never formed.
    const Tensor gram = at::matmul(keys, keys.transpose(1, 2)) * share;
    return at::matmul(at::matmul(m.P, at::matmul(gram, m.Q)), query);
  }
  const Tensor scores = at::matmul(H.transpose(1, 2), at::matmul(m.Q, query));  // (B,n+1,K)
  const Tensor values = at::matmul(keys, at::softmax(scores, 1).slice(1, 0, n));
  return at::matmul(m.P, kind == ColumnAttention::softmax_over_n ? values * share : values);
}

}  // namespace

ColumnAttention parse_column_attention(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  require(found != std::end(kNames), "attention: '{}', expected linear|softmax|softmax-over-n",
          name);
  return static_cast<ColumnAttention>(found - std::begin(kNames));
}

LinearAttention make_linear_attention(int64_t rows, double spread, Rng& rng) {
  require(rows >= 2, "make_linear_attention: {} rows, expected >= 2", rows);
  LinearAttention m;
  m.P = rng.normal({rows, rows}) * spread, m.Q = rng.normal({rows, rows}) * spread;
  return m;
}

Tensor forward(const LinearAttention& m, const Tensor& H, ColumnAttention kind) {
  return H + update(m, H, H, kind);
}

Tensor forward_query(const LinearAttention& m, const Tensor& H, ColumnAttention kind) {
  const Tensor query = H.slice(2, -1);
  return (query + update(m, H, query, kind)).squeeze(2);
}

}  // namespace offprint::nn
