// Attention of one step over chosen blocks of a long past: InfLLM v2, arXiv 2506.07900, section
// 2.2, and its follow-up arXiv 2509.24663. Keys are averaged over overlapping windows of 32, 16
// apart; each query's softmax over these, added over the queries that share keys and values, ranks
// blocks of 64 tokens by their best window. The first blocks and the last ones are always read and
// take none of the k places.
#pragma once
#include <vector>

#include "offprint/core/tensor.h"
#include "offprint/kernels/token_rows.h"

namespace offprint::kernels {

constexpr int64_t kSummaryRows = 16;  // keys in a summary; two neighbours make a window

struct SparseOptions {
  int64_t top_k = 0;               // blocks chosen beside those always read; 0: dense attention
  int64_t initial = 1, local = 8;  // blocks always read: the first ones, the last ones
  int64_t dense_below = 1024;      // tokens
};
// Throws Error on top_k < 0, initial < 0, local < 2 (recent tokens have no summary yet).
void check(const SparseOptions& options);

// Whether a step that sees `count` tokens leaves any out.
bool leaves_out(const SparseOptions& options, int64_t count);

// out (size): the mean of kSummaryRows rows, `stride` apart.
void summarise_rows(const float* rows, int64_t stride, int64_t size, float* out);

// Blocks to read, rising, for queries of one step that share their keys: all of the same count,
// with leaves_out(count). summaries (count / kSummaryRows,size) are `stride` apart. Overwrites the
// queries' scratch. Of equal scores the earlier block wins.
std::vector<int64_t> choose_blocks(std::span<const AttendRow> queries, const float* summaries,
                                   int64_t stride, int64_t size, float scale,
                                   const SparseOptions& options);

// How many tokens stand in `blocks` of the `count`.
int64_t tokens_in(const std::vector<int64_t>& blocks, int64_t count);

// The slow reference of it all: q (G,d), keys and values (L,d) -> (G,d), and its blocks.
std::vector<int64_t> choose_blocks_reference(const Tensor& q, const Tensor& keys, double scale,
                                             const SparseOptions& options);
Tensor sparse_attention_reference(const Tensor& q, const Tensor& keys, const Tensor& values,
                                  double scale, const SparseOptions& options);

}  // namespace offprint::kernels
