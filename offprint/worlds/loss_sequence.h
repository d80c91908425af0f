// Losses in [0,1] of K actions over T rounds that an adversary has set beforehand, for learners
// that see some of them. Cheng, Zhou & Ji 2023, arXiv 2306.09588, section 2; the multi-scale random
// walk after Dekel, Ding, Koren & Peres 2014, arXiv 1310.2997.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"

namespace offprint::worlds {

struct LossSequence {
  std::string name;
  int64_t rounds = 0, arms = 0;
  std::vector<double> losses;  // (rounds, arms)
  double loss(int64_t round, int64_t arm) const {
    return losses[static_cast<size_t>(round * arms + arm)];
  }
  std::vector<double> totals() const;  // of each arm
};

// clip(1/2 + W_t - gap [k is the best arm]), W_t = W_{t & (t - 1)} + sigma xi_t, W_0 = 0; the best
// arm is drawn. sigma 0: 1 / (9 log2 T). kernels/dartboard.h plays the same in bulk.
LossSequence walk_losses(int64_t rounds, int64_t arms, double gap, Rng rng, double sigma = 0);
// Coins: mean 1/2, 1/2 - gap for the best arm, which is drawn.
LossSequence coin_losses(int64_t rounds, int64_t arms, double gap, Rng rng);
// Coins whose means drift as sines of one period each, an arm a phase.
LossSequence drifting_losses(int64_t rounds, int64_t arms, double gap, Rng rng);
// Arm k has loss 1/2 - gap for `period` rounds in turn, 1/2 else.
LossSequence periodic_losses(int64_t rounds, int64_t arms, double gap, int64_t period);
// A person's table, row by row. Throws Error on values outside [0,1], NaN, or fewer than 2 arms.
LossSequence table_losses(const Tensor& table, std::string name);  // (rounds, arms) float64

}  // namespace offprint::worlds
