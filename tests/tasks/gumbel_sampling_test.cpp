#include "offprint/tasks/gumbel_sampling.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/tasks/generate.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

constexpr int kDraws = 100'000;

// Pearson's statistic of draws against p, and how far it may be at p-value 0.001 with that many
// cells, Wilson and Hilferty 1931.
double chi_square_excess(const Tensor& p, Luck luck) {
  std::vector<double> counts(static_cast<size_t>(p.size(0)));
  const Rng rng = luck_of(5);
  for (uint64_t i = 0; i < kDraws; ++i)
    ++counts[static_cast<size_t>(draw_token(p, luck, rng.split(i)))];
  double sum = 0, cells = -1;
  for (int64_t v = 0; v < p.size(0); ++v) {
    const double expected = kDraws * p[v].item<double>(), got = counts[static_cast<size_t>(v)];
    if (expected == 0) {
      CHECK(got == 0);
      continue;
    }
    sum += (got - expected) * (got - expected) / expected, ++cells;
  }
  const double shrink = 2 / (9 * cells);
  return sum - cells * std::pow(1 - shrink + 3.0902 * std::sqrt(shrink), 3);
}

Tensor some_logits(int64_t size, uint64_t seed) { return Rng(seed).normal({size}, at::kDouble); }

}  // namespace

TEST_CASE("Gumbel-max: 100 000 draws are as frequent as softmax says, plain, top-k and top-p") {
  const Tensor logits = some_logits(30, 1) * 1.5;
  for (const SamplingOptions& o :
       {SamplingOptions{.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0},
        SamplingOptions{.temperature = 0.7, .top_k = 0, .top_p = 1, .min_p = 0},
        SamplingOptions{.temperature = 1, .top_k = 5, .top_p = 1, .min_p = 0},
        SamplingOptions{.temperature = 1, .top_k = 0, .top_p = 0.9, .min_p = 0}})
    for (const Luck luck : {Luck::token, Luck::rank, Luck::inverse})
      CHECK(chi_square_excess(sampling_distribution(logits, o, {}), luck) < 0);
}

TEST_CASE("Gumbel-max: the race is the argmax of log p + U that the equation writes") {
  const Rng rng = luck_of(3);
  for (uint64_t i = 0; i < 300; ++i) {
    const Tensor p = at::softmax(some_logits(50, 100 + i) * 3, 0);
    Rng place = rng.split(i);
    const Tensor gumbel = -(-place.uniform({50}, at::kDouble).log()).log();
    CHECK(draw_token(p, Luck::token, rng.split(i)) == (p.log() + gumbel).argmax().item<int64_t>());
  }
}

TEST_CASE("Gumbel-max: a sure token is always drawn, one without a chance never") {
  Tensor p = at::zeros({7}, at::kDouble);
  p[4] = 1;
  for (const Luck luck : {Luck::token, Luck::rank, Luck::inverse})
    for (uint64_t i = 0; i < 50; ++i) CHECK(draw_token(p, luck, luck_of(1).split(i)) == 4);
}

TEST_CASE("Gumbel-max: the same draw on one thread and on two") {
  const Tensor p = at::softmax(some_logits(60'000, 2) * 2, 0);
  const int threads = at::get_num_threads();
  for (uint64_t i = 0; i < 20; ++i) {
    at::set_num_threads(1);
    const int64_t one = draw_token(p, Luck::token, luck_of(9).split(i));
    at::set_num_threads(2);
    CHECK(draw_token(p, Luck::token, luck_of(9).split(i)) == one);
  }
  at::set_num_threads(threads);
}

TEST_CASE(
    "stability: Gumbel noise tied to tokens never breaks it, truncated or not; inversion does") {
  SamplingOptions whole{.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0}, few = whole,
                                                                               nucleus = whole;
  few.top_k = 5, nucleus.top_p = 0.9;
  for (const SamplingOptions& o : {whole, few, nucleus}) {
    int broken_by_inverse = 0, changed = 0;
    for (uint64_t i = 0; i < 2000; ++i) {
      const Tensor logits = some_logits(40, 10 + i) * 2;
      const Tensor p = sampling_distribution(logits, o, {});
      const Tensor q = sampling_distribution(logits + some_logits(40, 90'000 + i), o, {});
      const Rng place = luck_of(4).split(i);
      const int64_t a = draw_token(p, Luck::token, place), b = draw_token(q, Luck::token, place);
      CHECK(counterfactually_stable(p, a, q, b));
      changed += a != b;
      broken_by_inverse += !counterfactually_stable(p, draw_token(p, Luck::inverse, place), q,
                                                    draw_token(q, Luck::inverse, place));
    }
    CHECK(changed > 100);
    CHECK(broken_by_inverse >= 20);
  }
}

TEST_CASE("stability: by hand") {
  const Tensor p = at::tensor({0.5, 0.3, 0.2}, at::kDouble);
  const Tensor q = at::tensor({0.6, 0.2, 0.2}, at::kDouble);
  CHECK(counterfactually_stable(p, 1, q, 0));        // 0.6/0.5 > 0.2/0.3
  CHECK_FALSE(counterfactually_stable(p, 0, q, 1));  // token 0 gained
  CHECK_FALSE(counterfactually_stable(p, 0, q, 2));
  CHECK(counterfactually_stable(p, 0, q, 0));
}

TEST_CASE("luck: names there and back") {
  for (const Luck luck : {Luck::token, Luck::rank, Luck::inverse})
    CHECK(parse_luck(luck_name(luck)) == luck);
  CHECK_THROWS_WITH(parse_luck("coin"), "--luck: 'coin', expected token, rank or inverse");
}
