// Online learning where every change of action costs: learners that see a part of the losses,
// played round by round against any losses, and what each pays. Cheng, Zhou & Ji 2023, arXiv
// 2306.09588, algorithm 1 and section 4. kernels/dartboard.h plays the batched ones in bulk.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/worlds/loss_sequence.h"

namespace offprint::tasks {

struct SwitchingLearner {
  std::string method = "full-slot";  // of switching_methods()
  int64_t batches = 64;              // of the methods that play in batches
  double rate = 0.1;                 // eta
  double cost = 1;                   // of a change; `anytime` plans by it as it goes
};

struct SwitchingMethod {
  std::string_view name, summary;
  int64_t (*observations)(int64_t batches, int64_t rounds,
                          int64_t arms);  // what it sees in all; null: plan_for counts
};
std::span<const SwitchingMethod> switching_methods();

struct SwitchingPlay {
  double loss = 0;  // of the actions played, switches not counted
  int64_t switches = 0, observations = 0;
  std::vector<int64_t> actions;  // of each round
};
// Throws Error on an unknown method, batches outside 1 .. rounds, and a rate that is not above
// zero.
SwitchingPlay play(const worlds::LossSequence& losses, const SwitchingLearner& learner, Rng rng);

// Batches and rate by the bound on regret plus cost * switches, for T rounds of K arms and at most
// `budget` observations (its own loss in a bandit's batch is one), and that bound.
//   one-slot   T sqrt(2 K ln K / N) + cost N (1 - 1/K), least over N,  eta = sqrt(2 ln K / (N K))
//   full-slot  (T/N) (ln K / eta + eta N / 2) + cost eta N,  N = budget / K, eta = sqrt(2 ln K / N)
//   one-arm    (T/N) (ln K / eta + eta N K / 2) + cost eta N,  N = budget, eta as one-slot
struct SwitchingPlan {
  SwitchingLearner learner;
  double bound = 0;
  int64_t observations = 0;
};
SwitchingPlan plan_for(const std::string& method, int64_t rounds, int64_t arms, int64_t budget,
                       double cost);
// Bandit feedback for nothing and `extra` observations besides: one-slot, or full-slot at K - 1 a
// batch, whichever has the lower bound.
SwitchingPlan plan_with_extra(int64_t rounds, int64_t arms, int64_t extra, double cost);

// The unbiased estimate of a slot's losses (K) by one-slot, full-slot or one-arm, from what `see`
// tells of an arm; `arm` is the one played, drawn with `probabilities`.
std::vector<double> slot_estimate(const std::string& method,
                                  const std::function<double(int64_t arm)>& see,
                                  std::span<const double> probabilities, int64_t arm, Rng& rng);

}  // namespace offprint::tasks
