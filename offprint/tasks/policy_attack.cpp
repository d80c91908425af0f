#include "offprint/tasks/policy_attack.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/tasks/reward_inference.h"

namespace offprint::tasks {
namespace {

using kernels::Canonical;
using kernels::RewardSpace;

constexpr int64_t kMostAlone = 300;
constexpr double kDeepest = 600;  // of a logarithm: exp(-600) is a number still

// Log policies (N,S,A) with each candidate's actions rarer by exp(-depth), or more frequent where
// it is negative, the others scaled.
Tensor pushed(const Tensor& log_policy, const Tensor& chosen, const Tensor& depth) {
  return at::log_softmax(log_policy.unsqueeze(0) - depth.view({-1, 1, 1}) * chosen, -1);
}

Tensor distances(const RewardSpace& space, const Tensor& log_policy, const Tensor& candidates,
                 const std::string& model) {
  return kernels::reward_distance(space, reward_of_log_policy(log_policy.unsqueeze(0), model),
                                  reward_of_log_policy(candidates, model), Canonical::levelled);
}

// N pushes rarer, then the same N more frequent.
struct Candidates {
  Tensor chosen;                   // (2N,S,A) 0, 1, or -1 for more frequent
  std::vector<std::string> names;  // (N) of what is pushed
  std::vector<int64_t> cells;      // (N) -1 for several together
};

// Each of the rarest actions alone, then the rarest k together, as long as an action is left in
// every state.
Candidates candidates(const Tensor& policy) {
  const int64_t states = policy.size(0), actions = policy.size(1), cells = states * actions;
  std::vector<int64_t> order(static_cast<size_t>(cells));
  std::iota(order.begin(), order.end(), 0);
  const Tensor flat = policy.flatten().contiguous();
  const double* p = flat.const_data_ptr<double>();
  std::ranges::stable_sort(order, {}, [&](int64_t i) { return p[i]; });
  if (cells > kMostAlone) order.resize(kMostAlone);
  Candidates out;
  std::vector<Tensor> chosen;
  for (const int64_t i : order) {
    Tensor one = at::zeros({cells}, at::kDouble);
    one[i] = 1;
    chosen.push_back(one.view({states, actions}));
    out.names.push_back(fmt::format("state {}, action {}", i / actions, i % actions));
    out.cells.push_back(i);
  }
  std::vector<int64_t> left(static_cast<size_t>(states), actions);
  Tensor together = at::zeros({cells}, at::kDouble);
  int64_t many = 0;
  for (const int64_t i : order) {
    if (--left[static_cast<size_t>(i / actions)] == 0) break;
    together[i] = 1;
    if (++many == 1) continue;
    chosen.push_back(together.clone().view({states, actions}));
    out.names.push_back(fmt::format("the {} rarest actions", many));
    out.cells.push_back(-1);
  }
  out.chosen = at::stack(chosen);
  out.chosen = at::cat({out.chosen, -out.chosen});
  return out;
}

}  // namespace

std::string push_name(bool rarer) { return rarer ? "ever rarer" : "more often"; }

PolicyAttack attack_policy(const RewardSpace& space, const Tensor& policy, const std::string& model,
                           double distance) {
  require(distance > 0 && distance < 1, "attack policy: distance {}, expected between 0 and 1",
          distance);
  const double least = policy.min().item<double>();
  require(least > 0, "attack policy: an action has probability {}, expected above zero", least);
  const Tensor log_policy = policy.log();
  const double wanted = distance + 1e-9;  // what rounding may take off once it is a policy again
  const Candidates all = candidates(policy);
  const int64_t many = all.chosen.size(0);
  // The depth at which each candidate gets there, if it does. The distance need not grow with
  // depth, so a grid finds the first crossing before halving closes in on it.
  Tensor low = at::zeros({many}, at::kDouble), high = at::full({many}, kDeepest, at::kDouble);
  Tensor reached = at::zeros({many}, at::kBool);
  Tensor before = low;
  for (double depth = 0.25; depth <= kDeepest; depth *= 1.5) {
    const Tensor at_depth = at::full({many}, depth, at::kDouble);
    const Tensor there =
        distances(space, log_policy, pushed(log_policy, all.chosen, at_depth), model) >= wanted;
    const Tensor first = there.logical_and(reached.logical_not());
    high = at::where(first, at_depth, high), low = at::where(first, before, low);
    reached = reached.logical_or(there), before = at_depth;
  }
  for (int halving = 0; halving < 50; ++halving) {
    const Tensor middle = (low + high) / 2;
    const Tensor there =
        distances(space, log_policy, pushed(log_policy, all.chosen, middle), model) >= wanted;
    high = at::where(there, middle, high), low = at::where(there, low, middle);
  }
  // The reward turned round by a hair: near the uniform policy, on the other side of it.
  const Tensor turned = at::log_softmax(-1e-3 * log_policy, -1).unsqueeze(0);
  const Tensor changed = at::cat({pushed(log_policy, all.chosen, high), turned});
  const Tensor far = distances(space, log_policy, changed, model);
  const Tensor change = (changed.exp() - policy.unsqueeze(0)).abs().amax({1, 2});
  const Tensor cost = at::where(far >= distance, change, at::full({1}, 2.0, at::kDouble));
  const int64_t best = cost.argmin().item<int64_t>();
  PolicyAttack out;
  out.found = cost[best].item<double>() <= 1;
  if (!out.found) return out;
  out.policy = changed[best].exp(), out.change = change[best].item<double>();
  out.distance = far[best].item<double>();
  out.what = "the reward turned round";
  if (best == many) return out;
  const auto pushed_cell = static_cast<size_t>(best % (many / 2));
  out.rarer = best < many / 2, out.cell = all.cells[pushed_cell];
  out.what = all.names[pushed_cell] + " " + push_name(out.rarer);
  return out;
}

}  // namespace offprint::tasks
