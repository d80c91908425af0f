// The rewards that tell of one and the same behaviour, and the one among them furthest from another
// reward: closed forms in the space of canonical rewards. Skalse & Abate 2024, arXiv 2403.06854,
// sections 3.2 and 3.3.
#pragma once
#include <string>

#include "offprint/kernels/reward_distance.h"

namespace offprint::tasks {

struct WorstReward {
  Tensor reward;    // (B,S,A) a reward that is acted on as the estimate is
  Tensor distance;  // (B) from the other reward, to be checked
  Tensor bound;     // (B) no such reward is further off; approached where it is not reached
};

// Somebody who acts in `acted` (its transition and discount) does the same under R and under any
// shaping of R by that discount. Judged in `space`, another world, such shaping is no trifle: of
// all of them the one furthest from `other`. Rewards (B,S,A) or (B,S,A,S) by acted's transition for
// the estimate and space's for the other. Where both worlds are the same the estimate itself comes
// back.
WorstReward worst_reward(const kernels::RewardSpace& space, const kernels::RewardSpace& acted,
                         const Tensor& other, const Tensor& estimate);

// Two rewards, the same behaviour, the opposite order of policies.
struct OppositePair {
  Tensor held;      // (S,A) acted on in `space`
  Tensor inferred;  // (S,A) acted on in `acted`
  Tensor policy;    // (S,A) of both
  bool exists = false;
};
// Under mce or boltzmann; worlds of a batch of one. None exists where the two worlds differ in
// nothing that a policy feels. `size` is the L2 norm of the canonical reward held.
OppositePair opposite_pair(const kernels::RewardSpace& space, const kernels::RewardSpace& acted,
                           const std::string& model, double temperature, double size);

// Rewards that make the same actions optimal form a cone: advantages zero at the best, below zero
// elsewhere. The one furthest from `other` in a world (batch of one), best (S,A) 0 or 1.
WorstReward worst_optimal(const kernels::RewardSpace& space, const Tensor& best,
                          const Tensor& other);

}  // namespace offprint::tasks
