#include "offprint/kernels/dartboard.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

}  // namespace

TEST_CASE("dartboard: the lanes' normal law is one") {
  std::vector<double> x = lane_normals(400'000, Rng(1));
  double square = 0, fourth = 0;
  for (const double v : x) square += v * v, fourth += v * v * v * v;
  const auto n = static_cast<double>(x.size());
  CHECK(std::abs(mean(x)) < 4 / std::sqrt(n));
  CHECK(square / n == doctest::Approx(1).epsilon(0.01));
  CHECK(fourth / n == doctest::Approx(3).epsilon(0.03));
  // Kolmogorov and Smirnov's distance to the law, 0.1 % critical value 1.95 / sqrt n.
  std::ranges::sort(x);
  double distance = 0;
  for (size_t i = 0; i < x.size(); ++i)
    distance = std::max(distance, std::abs(0.5 * std::erfc(-x[i] / std::sqrt(2.0)) -
                                           (static_cast<double>(i) + 0.5) / n));
  CHECK(distance < 1.95 / std::sqrt(n));
  CHECK(x.back() > 4);
  CHECK(x.front() < -4);
}

TEST_CASE("dartboard: same seed, same plays; a repetition does not depend on how many there are") {
  const HardInstance world{.arms = 3, .log_rounds = 10, .gap = 0.05};
  for (const SlotFeedback feedback :
       {SlotFeedback::bandit, SlotFeedback::full, SlotFeedback::one_arm}) {
    const BatchedLearner learner{feedback, 7, 0.1};
    const Plays many = play_hard_instance(world, learner, 21, Rng(5));
    const Plays few = play_hard_instance(world, learner, 3, Rng(5));
    CHECK(many.regret.size() == 21);
    for (size_t i = 0; i < 3; ++i) {
      CHECK(few.regret[i] == many.regret[i]);
      CHECK(few.switches[i] == many.switches[i]);
    }
    CHECK(many.observations == 128 * (feedback == SlotFeedback::full ? 3 : 1));
    CHECK(many.clipped == 0);
    for (const double regret : many.regret) {
      CHECK(regret >= 0);
      CHECK(regret <= 0.05 * 1024 + 1e-9);
    }
  }
}

TEST_CASE("dartboard: all is learnt where the gap is wide, nothing where one looks once") {
  const HardInstance world{.arms = 4, .log_rounds = 14, .gap = 0.4};
  const auto share = [&](const BatchedLearner& learner) {
    return mean(play_hard_instance(world, learner, 200, Rng(2)).regret) / (0.4 * 16384);
  };
  CHECK(share({SlotFeedback::full, 14, 0.05}) < 0.02);
  CHECK(share({SlotFeedback::one_arm, 14, 0.02}) < 0.05);
  CHECK(share({SlotFeedback::bandit, 10, 0.05}) < 0.3);
  CHECK(share({SlotFeedback::full, 0, 0.05}) == doctest::Approx(0.75).epsilon(0.12));
}

TEST_CASE("dartboard: sizes that make no sense are one line") {
  CHECK_THROWS_WITH_AS(play_hard_instance({.arms = 1}, {}, 1, Rng(1)),
                       "hard instance: 1 arms, expected 2 to 64", Error);
  CHECK_THROWS_WITH_AS(
      play_hard_instance({.log_rounds = 4}, {.log_batches = 5}, 1, Rng(1)),
      "hard instance: 2^5 batches of 2^4 rounds, expected no more batches than rounds", Error);
  CHECK_THROWS_AS(play_hard_instance({.log_rounds = 40}, {}, 1, Rng(1)), Error);
  CHECK_THROWS_AS(play_hard_instance({}, {.rate = 0}, 1, Rng(1)), Error);
  CHECK_THROWS_AS(play_hard_instance({}, {}, 0, Rng(1)), Error);
}
