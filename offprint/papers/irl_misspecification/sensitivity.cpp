#include "offprint/papers/irl_misspecification/sensitivity.h"

#include <algorithm>

#include "offprint/core/numbers.h"
#include "offprint/kernels/reward_distance.h"
#include "offprint/tasks/reward_inference.h"
#include "offprint/tasks/worst_reward.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::papers::irl_misspecification {
namespace {

constexpr double kDiscount = 0.9;

Spread spread_of(const Tensor& distances) {
  const Tensor sorted = std::get<0>(distances.sort());
  const auto at_share = [&](double share) {
    return sorted[static_cast<int64_t>(share * static_cast<double>(sorted.size(0) - 1))]
        .item<double>();
  };
  return {at_share(0.5), at_share(0.1), at_share(0.9)};
}

}  // namespace

std::vector<Setting> settings(int64_t processes, int64_t states, const Rng& rng) {
  return {{"random", worlds::garnets(processes, {.states = states, .discount = kDiscount},
                                     rng.split("garnets"))},
          {"gridworld", worlds::gridworlds(processes, 5, 0.1, kDiscount, rng.split("grids"))},
          {"chain", worlds::delayed_chains(processes, 8, 0.1, kDiscount, rng.split("chains"))}};
}

Spread sensitivity(const Setting& setting, const std::string& model, const std::string& deviation,
                   double amount, const Rng& rng) {
  const worlds::DecisionProcesses& w = setting.world;
  const Tensor policy = worlds::behave(
      w, {.model = model, .deviation = deviation, .amount = amount}, rng.split(deviation));
  return spread_of(kernels::reward_distance({w.transition, w.discount}, w.reward,
                                            tasks::reward_of_policy(policy, model, 1),
                                            kernels::Canonical::levelled));
}

Spread worst_sensitivity(const Setting& setting, const std::string& deviation, double amount,
                         const Rng& rng) {
  const worlds::DecisionProcesses& w = setting.world;
  const kernels::RewardSpace space{w.transition, w.discount};
  kernels::RewardSpace acted = space;
  if (deviation == "discount") acted.discount = at::full({1}, amount, at::kDouble);
  if (deviation == "transition")
    acted.transition = worlds::mistaken_transition(w, amount, rng.split(deviation));
  const Tensor policy = worlds::behave(w, {.model = "mce"}, rng);
  return spread_of(
      tasks::worst_reward(space, acted, w.reward, tasks::reward_of_policy(policy, "mce", 1)).bound);
}

const std::vector<Curve>& curves() {
  static const std::vector<Curve> all = {
      {"discount", {0.5, 0.7, 0.8, 0.85, 0.89, 0.91, 0.93, 0.95, 0.98}},
      {"transition", {0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1}},
      {"noise", {0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9}},
      {"temperature", {0.2, 0.5, 2, 5}},
      {"hyperbolic", {0.02, 0.05, 0.1, 0.2, 0.5, 1}},
      {"myopia", {1, 2, 3, 5, 10, 20, 40}},
      {"risk", {0.1, 0.3, 1, 3}},
      {"prospect", {0.9, 0.8, 0.61, 0.4}},
      {"stuck", {0.05, 0.1, 0.2, 0.4, 0.7}},
  };
  return all;
}

}  // namespace offprint::papers::irl_misspecification
