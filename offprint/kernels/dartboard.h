// Online learning with switching costs in bulk: batched mirror descent against the multi-scale
// random walk, many repetitions side by side in the lanes of vectors. Cheng, Zhou & Ji 2023, arXiv
// 2306.09588, algorithm 1 (batches, feedback) and section 3; the walk after Dekel, Ding, Koren &
// Peres 2014, arXiv 1310.2997. tasks/switching_costs.h plays the same round by round, on any
// losses: the oracle.
#pragma once
#include <cstdint>
#include <vector>

#include "offprint/core/rng.h"

namespace offprint::kernels {

// Losses of round t = 0 .. 2^log_rounds - 1: clip(1/2 + W_t - gap [k is the best arm]) in [0,1],
// W_t = W_{t & (t - 1)} + sigma xi_t, W_0 = 0, the best arm and xi anew in each repetition.
struct HardInstance {
  int64_t arms = 2, log_rounds = 16;
  double gap = 0.01;
  double sigma = 0;  // 0: 1 / (9 log2 T)
};

// What is seen of one slot, drawn uniformly, in each batch.
enum class SlotFeedback {
  bandit,  // the arm played: weighted by its probability, drawn anew each batch
  full,    // all arms; the dart stays while its weight does not fall
  one_arm  // one arm drawn uniformly, its loss times the arms; the dart as above
};

struct BatchedLearner {
  SlotFeedback feedback = SlotFeedback::full;
  int64_t log_batches = 8;  // at most log_rounds
  double rate = 0.1;        // eta
};

struct Plays {                 // of each repetition
  std::vector<double> regret;  // pseudo-regret without switches: gap times the rounds not best
  std::vector<double> switches;
  int64_t observations = 0;  // of one repetition, all arms and batches counted
  int64_t clipped = 0;       // observed losses that left [0,1], over all repetitions
};

// Repetition i draws from a stream of its own, whatever the thread count. Throws Error on sizes
// outside arms 2 .. 64, log_rounds 1 .. 30, log_batches 0 .. log_rounds, repetitions >= 1, and a
// rate or gap that is not above zero.
Plays play_hard_instance(const HardInstance& world, const BatchedLearner& learner,
                         int64_t repetitions, const Rng& rng);

// Draws of the lanes' normal law, for tests: `count` of them.
std::vector<double> lane_normals(int64_t count, const Rng& rng);

}  // namespace offprint::kernels
