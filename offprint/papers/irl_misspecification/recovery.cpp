#include "offprint/papers/irl_misspecification/recovery.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/kernels/reward_distance.h"
#include "offprint/tasks/reward_inference.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::papers::irl_misspecification {
namespace {

constexpr int64_t kSteps = 100;
// Enough to pick among shaped twins, too little to pull.
constexpr double kRidge = 1e-4;

struct Fitter {
  worlds::DecisionProcesses world;
  std::string model;

  double distance(int64_t i, const Tensor& counts) const {
    const tasks::AssumedWorld assumed{world.transition[i], world.discount.max().item<double>()};
    const tasks::RewardFit fit =
        tasks::fit_reward(assumed, counts, {.model = model, .ridge = kRidge});
    return kernels::reward_distance(
               {world.transition.slice(0, i, i + 1), world.discount.slice(0, i, i + 1)},
               world.reward.slice(0, i, i + 1), fit.reward.unsqueeze(0),
               kernels::Canonical::levelled)
        .item<double>();
  }
};

Fitter fitter(const std::string& model, int64_t processes, const Rng& rng) {
  return {worlds::garnets(processes, {.states = 8, .actions = 3, .branching = 3}, rng), model};
}

}  // namespace

double exact_recovery(const std::string& model, int64_t processes, Rng rng) {
  const Fitter f = fitter(model, processes, rng);
  const Tensor policies = worlds::behave(f.world, {.model = model}, rng);
  double furthest = 0;
  for (int64_t i = 0; i < processes; ++i)
    furthest = std::max(furthest, f.distance(i, 1e4 * policies[i]));
  return furthest;
}

Consistency sampled_recovery(const std::string& model, int64_t processes, int64_t logs, Rng rng,
                             Progress& progress) {
  const Fitter f = fitter(model, processes, rng);
  const Tensor policies = worlds::behave(f.world, {.model = model}, rng);
  Consistency out;
  const std::vector<int64_t> sizes = {30, 100, 300, 1000, 3000};
  progress.start(fmt::format("rewards from logs, {}", model), std::ssize(sizes));
  for (const int64_t trajectories : sizes) {
    double sum = 0;
    for (int64_t i = 0; i < processes; ++i)
      for (int64_t log = 0; log < logs; ++log) {
        const Rng own = rng.split(static_cast<uint64_t>(trajectories))
                            .split(static_cast<uint64_t>(i * logs + log));
        const worlds::Steps steps =
            worlds::play(f.world, i, policies[i], trajectories, kSteps, own);
        sum += f.distance(i, worlds::visit_counts(steps, f.world.states(), f.world.actions()));
      }
    out.trajectories.push_back(static_cast<double>(trajectories));
    out.distance.push_back(sum / static_cast<double>(processes * logs));
    progress.at(std::ssize(out.distance)), progress.throw_if_stopped();
  }
  return out;
}

}  // namespace offprint::papers::irl_misspecification
