// A reward that makes what somebody did optimal, by a linear program. Ng & Russell 2000, Algorithms
// for inverse reinforcement learning, section 4.
#pragma once
#include "offprint/tasks/reward_inference.h"

namespace offprint::tasks {

struct OptimalReward {
  Tensor reward;       // (S,A), parameters within [-1,1]
  double margin = 0;   // sum over states of how far the actions seen beat the best other one
  bool found = false;  // a reward that is not trivial makes all actions seen optimal
};

// held (S,A): above zero where an action is held to be optimal, all of a state alike; at least one
// in each state. Maximises margin - penalty * sum |parameters|. Needs a build with Clp; throws
// Error without, and on shapes or a state without an action.
OptimalReward optimal_reward(const AssumedWorld& world, const Tensor& held, RewardForm form,
                             double penalty);

}  // namespace offprint::tasks
