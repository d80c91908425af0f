#include "offprint/tasks/worst_reward.h"

#include <doctest/doctest.h>

#include "offprint/core/rng.h"
#include "offprint/worlds/behaviour.h"

using namespace offprint;
using kernels::Canonical;
using kernels::RewardSpace;

namespace {

// Policies by sweeps of value iteration, not by the solvers that made them.
Tensor swept_policy(const RewardSpace& world, const Tensor& reward, const std::string& model,
                    double temperature) {
  const kernels::DecisionBatch mdp{world.transition, reward.unsqueeze(0), world.discount};
  const Tensor heat = model == "mce" ? at::full({1}, temperature, at::kDouble) : Tensor();
  const double size = reward.abs().max().item<double>();
  return at::softmax(kernels::sweep_values(mdp, heat, 1e-12 * (1 + size)).q[0] / temperature, -1);
}

RewardSpace space_of(const worlds::DecisionProcesses& w) { return {w.transition, w.discount}; }

}  // namespace

TEST_CASE("worst reward: it is acted on as the estimate is, and lies as far off as it says") {
  const auto w = worlds::garnets(8, {.states = 5, .actions = 3, .branching = 3}, Rng(1));
  const RewardSpace space = space_of(w);
  const RewardSpace acted{w.transition, at::full({1}, 0.8, at::kDouble)};
  Rng rng(2);
  const Tensor other = rng.normal({8, 5, 3}, at::kDouble),
               estimate = rng.normal({8, 5, 3}, at::kDouble);
  const auto worst = tasks::worst_reward(space, acted, other, estimate);
  CHECK((worst.distance <= worst.bound + 1e-9).all().item<bool>());
  CHECK(max_abs_diff(worst.distance, worst.bound) < 1e-3);
  CHECK((worst.bound > 0.3).all().item<bool>());
  for (int64_t b = 0; b < 8; ++b) {
    const RewardSpace one{w.transition.slice(0, b, b + 1), acted.discount};
    CHECK(max_abs_diff(swept_policy(one, worst.reward[b], "mce", 1),
                       swept_policy(one, estimate[b], "mce", 1)) < 1e-5);
  }
  // No shaping drawn at random does worse.
  for (int64_t i = 0; i < 400; ++i) {
    const Tensor phi = std::exp(4 * rng.normal()) * rng.normal({8, 5}, at::kDouble);
    const Tensor shaped = estimate + kernels::expected_shaping(acted, phi);
    CHECK(
        (kernels::reward_distance(space, other, shaped, Canonical::levelled) <= worst.bound + 1e-9)
            .all()
            .item<bool>());
  }
}

TEST_CASE("worst reward: in the same world shaping does nothing") {
  const auto w = worlds::garnets(4, {.states = 5, .actions = 2, .branching = 3}, Rng(3));
  Rng rng(4);
  const Tensor other = rng.normal({4, 5, 2}, at::kDouble),
               estimate = rng.normal({4, 5, 2}, at::kDouble);
  const auto worst = tasks::worst_reward(space_of(w), space_of(w), other, estimate);
  CHECK(max_abs_diff(worst.reward, estimate) == 0);
  CHECK(max_abs_diff(worst.bound, worst.distance) < 1e-9);
}

TEST_CASE("opposite pair: one behaviour, opposite rewards, under a wrong discount or transition") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const auto w = worlds::garnets(1, {.states = 4, .actions = 2, .branching = 2, .discount = 0.91},
                                   Rng(seed));
    const RewardSpace space = space_of(w);
    const RewardSpace discount{w.transition, at::full({1}, 0.9, at::kDouble)};
    const RewardSpace moved{worlds::mistaken_transition(w, 0.05, Rng(seed)), w.discount};
    for (const RewardSpace& acted : {discount, moved})
      for (const char* model : {"mce", "boltzmann"}) {
        INFO(std::string(model));
        const auto pair = tasks::opposite_pair(space, acted, model, 1, 1);
        REQUIRE(pair.exists);
        CHECK(max_abs_diff(swept_policy(space, pair.held, model, 1),
                           swept_policy(acted, pair.inferred, model, 1)) < 1e-9);
        CHECK(kernels::reward_distance(space, pair.held.unsqueeze(0), pair.inferred.unsqueeze(0),
                                       Canonical::levelled)
                  .item<double>() > 1 - 1e-6);
      }
  }
}

TEST_CASE("opposite pair: none where the worlds do not differ") {
  const auto w = worlds::garnets(1, {.states = 4, .actions = 2, .branching = 2}, Rng(1));
  CHECK(!tasks::opposite_pair(space_of(w), space_of(w), "mce", 1, 1).exists);
}

TEST_CASE(
    "worst optimal: the same actions stay best, and no reward drawn from the cone is further") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    auto w = worlds::garnets(1, {.states = 4, .actions = 3, .branching = 2}, Rng(seed));
    const Tensor best = worlds::behave(w, {.model = "optimal"}, Rng(1))[0];
    const auto worst = tasks::worst_optimal(space_of(w), best, w.reward);
    CHECK(worst.distance.item<double>() ==
          doctest::Approx(worst.bound.item<double>()).epsilon(1e-3));
    worlds::DecisionProcesses again = w;
    again.reward = worst.reward.unsqueeze(-1).expand_as(w.reward);
    CHECK(max_abs_diff(worlds::behave(again, {.model = "optimal"}, Rng(1))[0], best) == 0);
    Rng rng(seed);
    for (int64_t i = 0; i < 500; ++i) {
      const Tensor cost = -(3 * rng.normal({1, 4, 3}, at::kDouble)).exp() * (1 - best);
      CHECK(kernels::reward_distance(space_of(w), w.reward, cost, Canonical::levelled)
                .item<double>() <= worst.bound.item<double>() + 1e-9);
    }
  }
}
