// Rewards recovered by maximum likelihood from somebody who does act as assumed.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"

namespace offprint::papers::irl_misspecification {

// Largest distance to the true reward where the policy itself is known, over the processes.
double exact_recovery(const std::string& model, int64_t processes, Rng rng);

// Distance over the number of trajectories (100 steps each), mean over processes and logs.
struct Consistency {
  std::vector<double> trajectories, distance;
};
Consistency sampled_recovery(const std::string& model, int64_t processes, int64_t logs, Rng rng,
                             Progress& progress);

}  // namespace offprint::papers::irl_misspecification
