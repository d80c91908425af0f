#include "offprint/kernels/dartboard.h"

#include <ATen/Parallel.h>

#include <array>
#include <bit>

#include "offprint/core/error.h"
#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_random.h"

namespace offprint::kernels {
namespace {

using detail::Floats;
using detail::Integers;
using detail::Streams;
using detail::Words;

constexpr int64_t kRepetitions = detail::kLanes<float>;  // side by side
constexpr int64_t kMostArms = 64, kMostLevels = 31;
constexpr float kLog2e = 1.44269504f;

OFFPRINT_INLINE void count_bits(Words& v) {
  v = v - ((v >> 1) & 0x55555555u);
  v = (v & 0x33333333u) + ((v >> 2) & 0x33333333u);
  v = (((v + (v >> 4)) & 0x0f0f0f0fu) * 0x01010101u) >> 24;
}

struct Sums {
  Integers worse, switches, clipped;
};

// Repetitions side by side through all batches. In a batch the slot's high bits are the batch and
// its low bits are drawn: what the walk adds along them is never met again, so one normal draw
// stands for as many as there are bits set.
template <SlotFeedback kFeedback, int64_t kArms>
OFFPRINT_INLINE void play(const HardInstance& world, const BatchedLearner& learner, Streams& r,
                          Sums& sums) {
  const int64_t arms = kArms > 0 ? kArms : world.arms;
  const auto count = static_cast<float>(arms);
  const auto gap = static_cast<float>(world.gap), rate = static_cast<float>(learner.rate);
  const auto sigma = static_cast<float>(world.sigma);
  const int64_t low_bits = world.log_rounds - learner.log_batches;
  const uint32_t low = (uint32_t{1} << low_bits) - 1;
  Floats level[kMostLevels + 1] = {};
  Floats weight[kArms > 0 ? kArms : kMostArms] = {};  // log2, the largest is zero
  Floats draw, kept = {};
  uniform(r, draw);
  const Integers best = __builtin_convertvector(draw * count, Integers);
  Integers arm = {};
  sums.worse = sums.switches = sums.clipped = Integers{};
  for (int64_t b = 0; b < int64_t{1} << learner.log_batches; ++b) {
    const int depth = std::popcount(static_cast<uint64_t>(b));
    if (b > 0) {
      normal(r, draw);
      level[depth] = level[depth - 1] + sigma * draw;
    }
    Floats walk = level[depth];
    if (low_bits > 0) {
      Words slot;
      next(r, slot);
      slot &= low;
      count_bits(slot);
      const Floats steps = __builtin_convertvector(slot, Floats);
      Floats root = steps;
      detail::to_inverse_root(root);
      normal(r, draw);
      walk += sigma * draw * (steps > 0.0f ? steps * root : Floats{});
    }
    const Floats unclipped = 0.5f + walk, unclipped_best = unclipped - gap;
    const Floats one = Floats{} + 1.0f, zero = {};
    Floats worse = unclipped > 1.0f ? one : unclipped;
    worse = worse < 0.0f ? zero : worse;
    Floats good = unclipped_best > 1.0f ? one : unclipped_best;
    good = good < 0.0f ? zero : good;
    sums.clipped -= (unclipped > 1.0f) | (unclipped_best < 0.0f);

    // The next arm: all probabilities, then the first whose sum passes a draw.
    Floats likely[kArms > 0 ? kArms : kMostArms];
    Floats total = {};
    for (int64_t k = 0; k < arms; ++k) {
      likely[k] = weight[k];
      detail::to_exp2<true>(likely[k]);
      total += likely[k];
    }
    uniform(r, draw);
    draw *= total;
    Integers drawn = Integers{} + static_cast<int32_t>(arms - 1);
    Floats sum = total;
    for (int64_t k = arms - 1; k > 0; --k) {
      sum -= likely[k];
      drawn = draw < sum ? Integers{} + static_cast<int32_t>(k - 1) : drawn;
    }
    Integers chosen = drawn;
    if (kFeedback != SlotFeedback::bandit && b > 0) {
      uniform(r, draw);
      chosen = draw < kept ? arm : drawn;
    }
    if (b > 0) sums.switches -= chosen != arm;
    arm = chosen;
    sums.worse -= arm != best;

    const Floats own = arm == best ? good : worse;
    if (kFeedback == SlotFeedback::bandit) {
      Floats own_weight = {};
      for (int64_t k = 0; k < arms; ++k)
        own_weight = arm == static_cast<int32_t>(k) ? likely[k] : own_weight;
      const Floats estimate = rate * kLog2e * own * total / own_weight;
      for (int64_t k = 0; k < arms; ++k)
        weight[k] -= arm == static_cast<int32_t>(k) ? estimate : zero;
    } else if (kFeedback == SlotFeedback::full) {
      for (int64_t k = 0; k < arms; ++k)
        weight[k] -= rate * kLog2e * (best == static_cast<int32_t>(k) ? good : worse);
      kept = -rate * kLog2e * own;
      detail::to_exp2<true>(kept);
    } else {
      uniform(r, draw);
      const Integers seen = __builtin_convertvector(draw * count, Integers);
      const Floats estimate = rate * kLog2e * count * (seen == best ? good : worse);
      for (int64_t k = 0; k < arms; ++k)
        weight[k] -= seen == static_cast<int32_t>(k) ? estimate : zero;
      kept = seen == arm ? -estimate : zero;
      detail::to_exp2<true>(kept);
    }
    Floats top = weight[0];
    for (int64_t k = 1; k < arms; ++k) top = weight[k] > top ? weight[k] : top;
    for (int64_t k = 0; k < arms; ++k) weight[k] -= top;
  }
}

// Non-template doors for OFFPRINT_VECTOR_CLONES.
OFFPRINT_VECTOR_CLONES void bandit_two(const HardInstance& w, const BatchedLearner& l, Streams& r,
                                       Sums& s) {
  play<SlotFeedback::bandit, 2>(w, l, r, s);
}
OFFPRINT_VECTOR_CLONES void bandit_any(const HardInstance& w, const BatchedLearner& l, Streams& r,
                                       Sums& s) {
  play<SlotFeedback::bandit, 0>(w, l, r, s);
}
OFFPRINT_VECTOR_CLONES void full_two(const HardInstance& w, const BatchedLearner& l, Streams& r,
                                     Sums& s) {
  play<SlotFeedback::full, 2>(w, l, r, s);
}
OFFPRINT_VECTOR_CLONES void full_any(const HardInstance& w, const BatchedLearner& l, Streams& r,
                                     Sums& s) {
  play<SlotFeedback::full, 0>(w, l, r, s);
}
OFFPRINT_VECTOR_CLONES void one_arm_two(const HardInstance& w, const BatchedLearner& l, Streams& r,
                                        Sums& s) {
  play<SlotFeedback::one_arm, 2>(w, l, r, s);
}
OFFPRINT_VECTOR_CLONES void one_arm_any(const HardInstance& w, const BatchedLearner& l, Streams& r,
                                        Sums& s) {
  play<SlotFeedback::one_arm, 0>(w, l, r, s);
}

OFFPRINT_VECTOR_CLONES void fill_normals(Streams& r, double* out, int64_t rows) {
  for (int64_t i = 0; i < rows; ++i) {
    Floats draw;
    normal(r, draw);
    for (int64_t lane = 0; lane < kRepetitions; ++lane)
      out[i * kRepetitions + lane] = static_cast<double>(draw[lane]);
  }
}

using Door = void (*)(const HardInstance&, const BatchedLearner&, Streams&, Sums&);

Door door_of(SlotFeedback feedback, int64_t arms) {
  switch (feedback) {
    case SlotFeedback::bandit:
      return arms == 2 ? bandit_two : bandit_any;
    case SlotFeedback::full:
      return arms == 2 ? full_two : full_any;
    case SlotFeedback::one_arm:
      break;
  }
  return arms == 2 ? one_arm_two : one_arm_any;
}

void check(const HardInstance& w, const BatchedLearner& l, int64_t repetitions) {
  require(w.arms >= 2 && w.arms <= kMostArms, "hard instance: {} arms, expected 2 to {}", w.arms,
          kMostArms);
  require(w.log_rounds >= 1 && w.log_rounds < kMostLevels,
          "hard instance: 2^{} rounds, expected 2^1 to 2^30", w.log_rounds);
  require(l.log_batches >= 0 && l.log_batches <= w.log_rounds,
          "hard instance: 2^{} batches of 2^{} rounds, expected no more batches than rounds",
          l.log_batches, w.log_rounds);
  require(w.gap > 0 && l.rate > 0, "hard instance: gap {} rate {}, expected above zero", w.gap,
          l.rate);
  require(repetitions >= 1, "hard instance: {} repetitions, expected >= 1", repetitions);
}

}  // namespace

Plays play_hard_instance(const HardInstance& given, const BatchedLearner& learner,
                         int64_t repetitions, const Rng& rng) {
  check(given, learner, repetitions);
  HardInstance world = given;
  if (world.sigma == 0) world.sigma = 1 / (9.0 * static_cast<double>(world.log_rounds));
  const Door door = door_of(learner.feedback, world.arms);
  Plays out;
  out.regret.resize(static_cast<size_t>(repetitions));
  out.switches.resize(static_cast<size_t>(repetitions));
  const int64_t groups = (repetitions + kRepetitions - 1) / kRepetitions;
  std::vector<int64_t> clipped(static_cast<size_t>(groups));
  const double rounds = world.gap * std::exp2(world.log_rounds - learner.log_batches);
  at::parallel_for(0, groups, 1, [&](int64_t begin, int64_t end) {
    for (int64_t group = begin; group < end; ++group) {
      Streams streams = detail::make_streams(rng, group * kRepetitions);
      Sums sums;
      door(world, learner, streams, sums);
      for (int64_t lane = 0; lane < kRepetitions; ++lane) {
        const int64_t i = group * kRepetitions + lane;
        if (i >= repetitions) break;
        out.regret[static_cast<size_t>(i)] = rounds * sums.worse[lane];
        out.switches[static_cast<size_t>(i)] = sums.switches[lane];
        clipped[static_cast<size_t>(group)] += sums.clipped[lane];
      }
    }
  });
  for (const int64_t n : clipped) out.clipped += n;
  out.observations = (int64_t{1} << learner.log_batches) *
                     (learner.feedback == SlotFeedback::full ? world.arms : 1);
  return out;
}

std::vector<double> lane_normals(int64_t count, const Rng& rng) {
  const int64_t rows = (count + kRepetitions - 1) / kRepetitions;
  std::vector<double> out(static_cast<size_t>(rows * kRepetitions));
  Streams streams = detail::make_streams(rng, 0);
  fill_normals(streams, out.data(), rows);
  out.resize(static_cast<size_t>(count));
  return out;
}

}  // namespace offprint::kernels
