// What a decoder does to the rows of one token between its matrix products: RMSNorm, rotary
// positions, SwiGLU, attention over cached keys. Each sums in an order that depends on its own
// sizes alone, so that a token's bits do not depend on which others are computed beside it.
#pragma once
#include <cstdint>
#include <span>

namespace offprint::kernels {

// out = x / sqrt(mean x^2 + epsilon) * weight, `size` numbers. Zhang & Sennrich 2019, arXiv
// 1910.07467, eq. 4.
void rms_norm_row(const float* x, const float* weight, int64_t size, float epsilon, float* out);

// x (heads,2 half) in place: pairs (2i, 2i+1), or (i, i + half) with `halves`, turned by the angle
// whose cosine and sine (half) are given.
void rotate_row(float* x, int64_t heads, int64_t half, const float* cosine, const float* sine,
                bool halves);

// out = silu(gate) * up. Shazeer 2020, arXiv 2002.05202, eq. 6. `out` may be `gate`.
void swiglu_row(const float* gate, const float* up, int64_t size, float* out);

// One query: out (size) = softmax(scale q . k_j) v_j, j = 0 .. count-1.
struct AttendRow {
  const float* q;
  int64_t count;  // >= 1
  float* scores;  // scratch: the largest count of all, rounded up to 8
  float* out;
};
constexpr int64_t kBlockTokens = 64;
// Queries of heads and tokens that share their keys and values: rows `stride` apart. With `blocks`,
// a query's token j is the one at kBlockTokens blocks[j / kBlockTokens] + j % kBlockTokens.
void attend_rows(std::span<const AttendRow> queries, const float* keys, const float* values,
                 int64_t stride, int64_t size, float scale, const int64_t* blocks = nullptr);

// scores of each query := scale q . k_j alone.
void key_scores(std::span<const AttendRow> queries, const float* keys, int64_t stride, int64_t size,
                float scale);

}  // namespace offprint::kernels
