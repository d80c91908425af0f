#include "offprint/tasks/reward_inference.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/mixed_integer.h"
#include "offprint/kernels/reward_distance.h"
#include "offprint/tasks/optimal_reward.h"
#include "offprint/worlds/behaviour.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

worlds::DecisionProcesses one_garnet(uint64_t seed, int64_t states = 6, int64_t actions = 3) {
  return worlds::garnets(1, {.states = states, .actions = actions, .branching = 3}, Rng(seed));
}

AssumedWorld assumed(const worlds::DecisionProcesses& w) {
  return {w.transition[0], w.discount[0].item<double>()};
}

// (S,A) as a reward of world w, and what somebody does by it.
Tensor acting_on(worlds::DecisionProcesses w, const Tensor& reward, const worlds::Behaviour& who) {
  w.reward = reward.unsqueeze(0).unsqueeze(-1).expand_as(w.transition);
  return worlds::behave(w, who, Rng(1))[0];
}

double distance(const worlds::DecisionProcesses& w, const Tensor& a, const Tensor& b) {
  return kernels::reward_distance({w.transition, w.discount}, a.unsqueeze(0), b.unsqueeze(0),
                                  kernels::Canonical::levelled)
      .item<double>();
}

constexpr RewardForm kForms[] = {RewardForm::state, RewardForm::state_action};

}  // namespace

TEST_CASE("infer reward: the likelihood's gradient is that of finite differences") {
  const auto w = one_garnet(1);
  Rng rng(2);
  const Tensor counts = (10 * rng.uniform({6, 3}, at::kDouble)).floor();
  for (const char* model : {"mce", "boltzmann"})
    for (const RewardForm form : kForms) {
      INFO(std::string(model));
      const RewardFitOptions o{.model = model, .temperature = 0.7, .form = form, .ridge = 0.3};
      const Tensor theta = rng.normal({form == RewardForm::state ? 6 : 18}, at::kDouble);
      const Tensor gradient = reward_likelihood(assumed(w), counts, theta, o).gradient;
      for (int64_t k = 0; k < theta.size(0); ++k) {
        Tensor up = theta.clone(), down = theta.clone();
        up[k] += 1e-5, down[k] -= 1e-5;
        const double slope = (reward_likelihood(assumed(w), counts, up, o).value -
                              reward_likelihood(assumed(w), counts, down, o).value) /
                             2e-5;
        CHECK(gradient[k].item<double>() == doctest::Approx(slope).epsilon(1e-6));
      }
    }
}

TEST_CASE("infer reward: from the exact policy the reward comes back, but for shaping") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto w = one_garnet(seed);
    Rng rng(seed);
    for (const char* model : {"mce", "boltzmann"})
      for (const RewardForm form : kForms) {
        INFO(std::string(model));
        Tensor reward = rng.normal({6, form == RewardForm::state ? 1 : 3}, at::kDouble);
        reward = reward.expand({6, 3}).contiguous();
        const Tensor policy = acting_on(w, reward, {.model = model, .temperature = 0.5});
        const RewardFit fit =
            fit_reward(assumed(w), 1e6 * policy,
                       {.model = model, .temperature = 0.5, .form = form, .ridge = 1e-6});
        CHECK(distance(w, fit.reward, reward) < 1e-3);
        CHECK(max_abs_diff(fit.policy, policy) < 1e-3);
        if (form == RewardForm::state_action)
          CHECK(distance(w, reward_of_policy(policy, model, 0.5), reward) < 1e-9);
      }
  }
}

TEST_CASE("infer reward: the reward read off a policy is acted on alike in every world") {
  Rng rng(3);
  const Tensor policy = at::softmax(rng.normal({6, 3}, at::kDouble), -1);
  for (const char* model : {"mce", "boltzmann"})
    for (const double discount : {0.0, 0.5, 0.97}) {
      auto w = one_garnet(4);
      w.discount.fill_(discount);
      const Tensor again =
          acting_on(w, reward_of_policy(policy, model, 0.8), {.model = model, .temperature = 0.8});
      CHECK(max_abs_diff(again, policy) < 1e-12);
    }
}

TEST_CASE("infer reward: where nothing was seen the prior decides, and counts need not be whole") {
  const auto w = one_garnet(5);
  Tensor counts = at::zeros({6, 3}, at::kDouble);
  counts[2][1] = 0.5;
  const RewardFit fit = fit_reward(assumed(w), counts, {});
  CHECK(fit.gradient < 1e-8);
  CHECK(fit.policy[2][1].item<double>() > 1 / 3.0);
  CHECK(fit.reward.abs().max().item<double>() < 5);
}

TEST_CASE("infer reward: intervals by trajectories cover as often as they say") {
  const auto w = one_garnet(6, 3, 2);
  const Tensor reward = Rng(9).normal({3, 2}, at::kDouble);
  const Tensor policy = acting_on(w, reward, {});
  const RewardFitOptions o{.ridge = 1e-3};
  // The advantage of action 1 in each state, linear in R through levelling.
  const Tensor eye = at::eye(6, at::kDouble).view({6, 3, 2});
  const kernels::RewardSpace space{w.transition, w.discount};
  const Tensor of =
      kernels::canonical(space, eye, kernels::Canonical::levelled).view({6, 6}).t().contiguous();
  const Tensor truth = at::matmul(of, reward.flatten());
  int64_t inside = 0, all = 0;
  for (uint64_t run = 0; run < 60; ++run) {
    const worlds::Steps steps = worlds::play(w, 0, policy, 60, 8, Rng(run));
    const RewardFit fit = fit_reward(assumed(w), worlds::visit_counts(steps, 3, 2), o);
    const Tensor error = standard_errors(assumed(w), steps, fit, o, of);
    const Tensor off = (at::matmul(of, fit.parameters) - truth).abs();
    inside += (off <= 1.96 * error).sum().item<int64_t>(), all += off.size(0);
  }
  const double covered = static_cast<double>(inside) / static_cast<double>(all);
  CHECK(covered > 0.89);
  CHECK(covered < 0.99);
}

TEST_CASE("optimal reward: actions seen are optimal under it, ties are ties, with a margin") {
  if (!kernels::has_mixed_integer()) return;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const auto w = one_garnet(seed);
    const Tensor truth = Rng(seed).normal({6, 3}, at::kDouble);
    const Tensor seen = acting_on(w, truth, {.model = "optimal"});
    const OptimalReward r = optimal_reward(assumed(w), seen, RewardForm::state_action, 0.01);
    CHECK(r.found);
    CHECK(max_abs_diff(acting_on(w, r.reward, {.model = "optimal"}), seen) < 1e-12);
    CHECK(r.reward.abs().max().item<double>() <= 1 + 1e-9);
    Tensor tied = seen.clone();
    tied[0].fill_(1 / 3.0);
    const OptimalReward t = optimal_reward(assumed(w), tied, RewardForm::state_action, 0.01);
    const auto solved = kernels::solve_optimal({w.transition, t.reward.unsqueeze(0), w.discount});
    CHECK((solved.q[0][0] - solved.q[0][0][0]).abs().max().item<double>() < 1e-7);
  }
}

TEST_CASE("optimal reward: where every action is held optimal only trivial rewards are left") {
  if (!kernels::has_mixed_integer()) return;
  const auto w = one_garnet(1);
  CHECK(!optimal_reward(assumed(w), at::ones({6, 3}, at::kDouble), RewardForm::state, 0.1).found);
  CHECK_THROWS_AS(
      optimal_reward(assumed(w), at::zeros({6, 3}, at::kDouble), RewardForm::state, 0.1), Error);
}

TEST_CASE("infer reward: what does not fit is one line") {
  const auto w = one_garnet(1);
  const Tensor counts = at::ones({6, 3}, at::kDouble);
  CHECK_THROWS_WITH(fit_reward(assumed(w), counts, {.model = "optimum"}),
                    "infer reward: unknown model 'optimum', expected mce|boltzmann");
  CHECK_THROWS_WITH(fit_reward(assumed(w), at::ones({6, 2}, at::kDouble), {}),
                    "infer reward: counts are (6,2), expected (6,3)");
  CHECK_THROWS_AS(fit_reward(assumed(w), -counts, {}), Error);
  CHECK_THROWS_AS(fit_reward(assumed(w), counts, {.ridge = 0}), Error);
  CHECK_THROWS_AS(reward_of_policy(at::eye(3, at::kDouble), "mce", 1), Error);
}
