#include "offprint/papers/irl_misspecification/condition.h"

#include <algorithm>

#include "offprint/kernels/reward_distance.h"
#include "offprint/papers/irl_misspecification/metric_checks.h"
#include "offprint/tasks/reward_inference.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::papers::irl_misspecification {
namespace {

using kernels::Canonical;

constexpr int64_t kBatch = 500;
constexpr double kBeyond = 1.01;

Tensor norm(const Tensor& x) { return x.square().sum({1, 2}, true).sqrt(); }

// What is read off somebody who acts on `felt`, and its distance to `held`.
Tensor distance_read(const worlds::DecisionProcesses& w, const Tensor& felt, const Tensor& held,
                     const std::string& model) {
  worlds::DecisionProcesses acted = w;
  acted.reward = felt;
  const Tensor policy = worlds::behave(acted, {.model = model}, Rng(1));
  return kernels::reward_distance({w.transition, w.discount}, held,
                                  tasks::reward_of_policy(policy, model, 1), Canonical::levelled);
}

}  // namespace

ConditionCheck check_condition(int64_t trials, Rng rng, Progress& progress) {
  ConditionCheck out;
  progress.start("rewards moved within the bound, and beyond", trials);
  int64_t batch = 0;
  for (int64_t done = 0; done < trials; done += kBatch, ++batch) {
    const int64_t many = std::min(kBatch, trials - done);
    const auto w = worlds::garnets(many, {.states = 6, .actions = 3, .branching = 3},
                                   rng.split(static_cast<uint64_t>(batch)));
    const std::string model = batch % 2 == 0 ? "mce" : "boltzmann";
    const kernels::RewardSpace space{w.transition, w.discount};
    const Tensor c = kernels::canonical(space, w.reward, Canonical::levelled);
    const Tensor size = norm(c), unit = c / size;
    // Canonical directions: at random, and at random across c.
    Tensor any = kernels::canonical(space, rng.normal(c.sizes(), at::kDouble), Canonical::levelled);
    any = any / norm(any);
    Tensor across = any - (any * unit).sum({1, 2}, true) * unit;
    across = across / norm(across);

    const Tensor epsilon = 0.02 + 0.67 * rng.uniform({many}, at::kDouble);
    Tensor radius = at::empty({many}, at::kDouble);
    for (int64_t i = 0; i < many; ++i)
      radius[i] = kernels::robust_radius(epsilon[i].item<double>());
    radius = radius.view({-1, 1, 1});
    // Of all moves of one length the one that turns c most: back along c by the square.
    const auto turning = [&](const Tensor& r) {
      return size * r * ((1 - r.square()).clamp_min(0).sqrt() * across - r * unit);
    };
    const auto moved = [&](const Tensor& by) {
      // T may shape and redistribute as it likes besides.
      return equivalent_reward(w.transition, w.discount, w.reward + by.unsqueeze(-1), rng);
    };
    const Tensor length = rng.uniform({many, 1, 1}, at::kDouble);
    for (const Tensor& by :
         {size * radius * length * any, turning(radius), turning(radius * length)}) {
      const Tensor over = distance_read(w, moved(by), w.reward, model) - epsilon;
      out.most_over = std::max(out.most_over, over.max().item<double>());
      out.closest = std::min(out.closest, over.abs().min().item<double>());
    }
    // At length one the worst move leaves nothing of the reward, and no order to compare.
    const Tensor beyond = (kBeyond * radius).clamp_max(1 - 1e-6);
    const auto violations = [&](const Tensor& by) {
      return (distance_read(w, moved(by), w.reward, model) > epsilon).sum().item<double>();
    };
    out.found += violations(turning(beyond)) / static_cast<double>(trials);
    out.by_chance += violations(size * beyond * any) / static_cast<double>(trials);
    progress.at(done + many), progress.throw_if_stopped();
  }
  return out;
}

}  // namespace offprint::papers::irl_misspecification
