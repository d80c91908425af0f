#include "offprint/kernels/sparse_attention.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels {
namespace {

using detail::Floats;
constexpr int64_t kLanes = detail::kLanes<float>, kSummaries = kBlockTokens / kSummaryRows;
constexpr float kLog2e = 1.44269504f;

int64_t blocks_of(int64_t count) { return (count + kBlockTokens - 1) / kBlockTokens; }

// scores (count + 1) of summaries -> windows (count) += the softmax over windows, each the mean of
// two neighbours. scores has room for a whole vector more.
OFFPRINT_VECTOR_CLONES void add_window_shares(float* scores, int64_t count, float* windows) {
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t j = 0; j < count; ++j) {
    scores[j] = 0.5f * kLog2e * (scores[j] + scores[j + 1]);
    largest = scores[j] > largest ? scores[j] : largest;
  }
  float total = 0;
  for (int64_t j = 0; j < count; j += kLanes) {
    const int64_t n = count - j < kLanes ? count - j : kLanes;
    Floats p = {};
    for (int64_t i = 0; i < n; ++i) p[i] = scores[j + i] - largest;
    detail::to_exp2<true>(p);
    for (int64_t i = 0; i < n; ++i) scores[j + i] = p[i], total += p[i];
  }
  for (int64_t j = 0; j < count; ++j) windows[j] += scores[j] / total;
}

// The k best of the blocks that are not always read, with those that are; scores are asked for
// the former.
template <class Score>
std::vector<int64_t> best_blocks(int64_t count, const SparseOptions& o, const Score& score) {
  const int64_t all = blocks_of(count), first = o.initial, end = all - o.local;
  std::vector<std::pair<float, int64_t>> ranked;
  for (int64_t b = first; b < end; ++b) ranked.emplace_back(-score(b), b);
  const int64_t k = std::min(o.top_k, std::ssize(ranked));
  std::ranges::nth_element(ranked, ranked.begin() + k);
  std::vector<int64_t> blocks(static_cast<size_t>(first));
  std::iota(blocks.begin(), blocks.end(), 0);
  for (int64_t i = 0; i < k; ++i) blocks.push_back(ranked[static_cast<size_t>(i)].second);
  for (int64_t b = end; b < all; ++b) blocks.push_back(b);
  std::ranges::sort(blocks);
  return blocks;
}

}  // namespace

void check(const SparseOptions& o) {
  require(o.top_k >= 0, "sparse attention: {} blocks, expected 0 or more", o.top_k);
  require(o.initial >= 0, "sparse attention: {} initial blocks, expected 0 or more", o.initial);
  require(o.local >= 2, "sparse attention: {} local blocks, expected 2 or more", o.local);
}

bool leaves_out(const SparseOptions& o, int64_t count) {
  return o.top_k > 0 && count >= o.dense_below && blocks_of(count) > o.initial + o.local + o.top_k;
}

OFFPRINT_VECTOR_CLONES void summarise_rows(const float* rows, int64_t stride, int64_t size,
                                           float* out) {
  for (int64_t k = 0; k < size; ++k) out[k] = 0;
  for (int64_t r = 0; r < kSummaryRows; ++r)
    for (int64_t k = 0; k < size; ++k) out[k] += rows[r * stride + k];
  for (int64_t k = 0; k < size; ++k) out[k] *= 1.0f / kSummaryRows;
}

std::vector<int64_t> choose_blocks(std::span<const AttendRow> queries, const float* summaries,
                                   int64_t stride, int64_t size, float scale,
                                   const SparseOptions& o) {
  const int64_t count = queries[0].count, windows = count / kSummaryRows - 1;
  std::vector<AttendRow> rows(queries.begin(), queries.end());
  for (AttendRow& row : rows) row.count = windows + 1;
  key_scores(rows, summaries, stride, size, scale);
  std::vector<float> shares(static_cast<size_t>(windows));
  for (const AttendRow& row : rows) add_window_shares(row.scores, windows, shares.data());
  return best_blocks(count, o, [&](int64_t b) {  // every window that touches the block
    const auto from = shares.begin() + std::max<int64_t>(0, kSummaries * b - 1);
    return *std::max_element(from, shares.begin() + std::min(windows, kSummaries * (b + 1)));
  });
}

int64_t tokens_in(const std::vector<int64_t>& blocks, int64_t count) {
  return std::min(kBlockTokens, count - blocks.back() * kBlockTokens) +
         kBlockTokens * (std::ssize(blocks) - 1);
}

std::vector<int64_t> choose_blocks_reference(const Tensor& q, const Tensor& keys, double scale,
                                             const SparseOptions& o) {
  const Tensor windows = keys.unfold(0, 2 * kSummaryRows, kSummaryRows).mean(-1);  // (n,d)
  const Tensor shares = at::softmax(at::matmul(q, windows.t()) * scale, 1).sum(0);
  return best_blocks(keys.size(0), o, [&](int64_t b) {
    return shares.slice(0, std::max<int64_t>(0, kSummaries * b - 1), kSummaries * (b + 1))
        .max()
        .item<float>();
  });
}

Tensor sparse_attention_reference(const Tensor& q, const Tensor& keys, const Tensor& values,
                                  double scale, const SparseOptions& o) {
  Tensor scores = at::matmul(q, keys.t()) * scale;  // (G,L)
  if (leaves_out(o, keys.size(0))) {
    Tensor left_out = at::ones({keys.size(0)}, at::kBool);
    for (const int64_t b : choose_blocks_reference(q, keys, scale, o))
      left_out.slice(0, b * kBlockTokens, (b + 1) * kBlockTokens).fill_(false);
    scores = scores.masked_fill(left_out, -std::numeric_limits<double>::infinity());
  }
  return at::matmul(at::softmax(scores, 1), values);
}

}  // namespace offprint::kernels
