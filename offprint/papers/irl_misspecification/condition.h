// The condition under which a model stays within distance epsilon of the truth although somebody
// acts on another reward T(R): |c(T R) - c(R)| <= |c(R)| sin(2 arcsin(epsilon)), Skalse & Abate
// 2024, arXiv 2403.06854, section 3.1. Rewards are read off the policy that T(R) leads to.
#pragma once
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"

namespace offprint::papers::irl_misspecification {

struct ConditionCheck {
  double most_over = -1;            // largest distance - epsilon with T within the bound
  double closest = 1;               // least epsilon - distance among them: how sharp the bound is
  double found = 0, by_chance = 0;  // share of trials with a reward beyond epsilon, 1 % outside the
                                    // bound: in the worst plane, in a random direction
};
ConditionCheck check_condition(int64_t trials, Rng rng, Progress& progress);

}  // namespace offprint::papers::irl_misspecification
