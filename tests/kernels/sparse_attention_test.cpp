#include "offprint/kernels/sparse_attention.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

constexpr float kScale = 0.3f;

struct Step {
  Tensor q, keys, values;  // (G,d), (L,d) twice
};

Step random_step(uint64_t seed, int64_t length, int64_t size = 20) {
  Rng rng(seed);
  const auto draw = [&](int64_t n) { return rng.normal({n, size}).to(at::kFloat); };
  return {draw(3), draw(length), draw(length)};
}

struct Answer {
  std::vector<int64_t> blocks;
  Tensor out;  // (G,d)
};

Answer fast(const Step& s, const SparseOptions& o) {
  const int64_t length = s.keys.size(0), size = s.keys.size(1), queries = s.q.size(0);
  const int64_t room = (length + 7) / 8 * 8;
  const Tensor means = at::empty({length / kSummaryRows, size}),
               scores = at::empty({queries, room});
  for (int64_t j = 0; j < means.size(0); ++j)
    summarise_rows(s.keys[j * kSummaryRows].const_data_ptr<float>(), size, size,
                   means[j].mutable_data_ptr<float>());
  Answer a{{}, at::empty({queries, size})};
  std::vector<AttendRow> rows;
  for (int64_t g = 0; g < queries; ++g)
    rows.push_back({s.q[g].const_data_ptr<float>(), length, scores[g].mutable_data_ptr<float>(),
                    a.out[g].mutable_data_ptr<float>()});
  a.blocks = choose_blocks(rows, means.const_data_ptr<float>(), size, size, kScale, o);
  for (AttendRow& row : rows) row.count = tokens_in(a.blocks, length);
  attend_rows(rows, s.keys.const_data_ptr<float>(), s.values.const_data_ptr<float>(), size, size,
              kScale, a.blocks.data());
  return a;
}

Tensor dense(const Step& s) {
  return at::matmul(at::softmax(at::matmul(s.q, s.keys.t()) * kScale, 1), s.values);
}

}  // namespace

TEST_CASE("sparse attention: blocks and sums are the slow reference's") {
  const SparseOptions o{.top_k = 3, .initial = 1, .local = 2, .dense_below = 0};
  for (const int64_t length : {449, 500, 512, 1000, 2047}) {
    CAPTURE(length);
    const Step s = random_step(static_cast<uint64_t>(length), length);
    const Answer a = fast(s, o);
    CHECK(a.blocks.size() == 6);
    CHECK(a.blocks == choose_blocks_reference(s.q, s.keys, kScale, o));
    CHECK(max_abs_diff(a.out, sparse_attention_reference(s.q, s.keys, s.values, kScale, o)) < 1e-5);
    CHECK(max_abs_diff(a.out, dense(s)) > 1e-3);
  }
}

TEST_CASE("sparse attention: every block chosen is dense attention") {
  const Step s = random_step(1, 700);
  const SparseOptions all{.top_k = 8, .initial = 1, .local = 2, .dense_below = 0};
  CHECK(!leaves_out(all, 700));
  CHECK(max_abs_diff(fast(s, all).out, dense(s)) < 1e-5);
  CHECK(max_abs_diff(sparse_attention_reference(s.q, s.keys, s.values, kScale, all), dense(s)) <
        1e-5);
}

TEST_CASE("sparse attention: the block with the needle is chosen, at its edges too") {
  const SparseOptions o{.top_k = 2, .initial = 1, .local = 2, .dense_below = 0};
  for (const int64_t needle : {64 * 5, 64 * 5 + 30, 64 * 5 + 63}) {
    CAPTURE(needle);
    Step s = random_step(2, 1000);
    s.q = at::ones({3, 20}), s.keys = at::zeros({1000, 20});
    s.keys[needle].fill_(8);
    const std::vector<int64_t> blocks = fast(s, o).blocks;
    CHECK(blocks.size() == 5);
    CHECK(std::ranges::count(blocks, 5) == 1);
    // Of equal scores the earlier wins; a window over an edge speaks for both blocks.
    CHECK(std::ranges::count(blocks, needle == 320 ? 4 : needle == 350 ? 1 : 6) == 1);
  }
}

TEST_CASE("sparse attention: options that cannot be") {
  CHECK_THROWS_WITH_AS(check({.top_k = -1}), "sparse attention: -1 blocks, expected 0 or more",
                       Error);
  CHECK_THROWS_WITH_AS(check({.local = 1}), "sparse attention: 1 local blocks, expected 2 or more",
                       Error);
}
