// How little of a policy has to change before the reward read off it turns by a given distance: a
// search among changes that the logarithm magnifies. Skalse & Abate 2024, arXiv 2403.06854, section
// 3.4: no model of theirs is robust to perturbation.
#pragma once
#include <string>

#include "offprint/kernels/reward_distance.h"

namespace offprint::tasks {

struct PolicyAttack {
  Tensor policy;        // (S,A) changed
  double change = 0;    // the largest difference of a probability; an upper bound of what is needed
  double distance = 0;  // of the rewards read off both
  bool found = false;
  std::string what;   // "state 3, action 1 ever rarer"
  int64_t cell = -1;  // s * A + a where it is one action alone, else -1
  bool rarer = true;  // or more frequent
};

std::string push_name(bool rarer);  // "ever rarer" or "more often"

// policy (S,A) > 0, of mce or boltzmann, in a world (batch of one). Tries: one of the 300 rarest
// actions, or the k rarest together, ever rarer, down to probability e^-600; and the policy of the
// reward turned round. The least change with distance >= `distance` wins.
PolicyAttack attack_policy(const kernels::RewardSpace& space, const Tensor& policy,
                           const std::string& model, double distance);

}  // namespace offprint::tasks
