#include "offprint/tasks/policy_attack.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/tasks/reward_inference.h"
#include "offprint/worlds/behaviour.h"

using namespace offprint;

TEST_CASE("policy attack: the change is as small and the reward as far as it says") {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const auto w = worlds::garnets(1, {.states = 5, .actions = 3, .branching = 3}, Rng(seed));
    for (const char* model : {"mce", "boltzmann"}) {
      INFO(std::string(model));
      const Tensor policy = worlds::behave(w, {.model = model, .temperature = 0.25}, Rng(1))[0];
      const auto attack = tasks::attack_policy({w.transition, w.discount}, policy, model, 0.5);
      REQUIRE(attack.found);
      CHECK((attack.policy.sum(-1) - 1).abs().max().item<double>() < 1e-12);
      CHECK(attack.policy.min().item<double>() > 0);
      CHECK(max_abs_diff(attack.policy, policy) == doctest::Approx(attack.change));
      const auto read = [&](const Tensor& p) {
        return tasks::reward_of_policy(p, model, 0.25).unsqueeze(0);
      };
      const double far = kernels::reward_distance({w.transition, w.discount}, read(policy),
                                                  read(attack.policy), kernels::Canonical::levelled)
                             .item<double>();
      CHECK(far == doctest::Approx(attack.distance));
      CHECK(far >= 0.5);
      CHECK(attack.change < 0.5);
    }
  }
}

TEST_CASE("policy attack: who hardly cares is turned round by next to nothing") {
  const auto w = worlds::garnets(1, {.states = 4, .actions = 2, .branching = 2}, Rng(1));
  const Tensor policy = worlds::behave(w, {.temperature = 1e5}, Rng(1))[0];
  const auto attack = tasks::attack_policy({w.transition, w.discount}, policy, "mce", 0.9);
  REQUIRE(attack.found);
  CHECK(attack.change < 1e-3);
  CHECK(attack.what == "the reward turned round");
}

TEST_CASE("policy attack: where one rare action is all that is told, some of it is enough") {
  const auto w = worlds::garnets(1, {.states = 6, .actions = 3, .branching = 3}, Rng(2));
  Tensor policy = at::full({6, 3}, 1 / 3.0, at::kDouble);
  policy += 0.01 * Rng(3).normal({6, 3}, at::kDouble);
  policy[3][1] = 1e-4;
  policy = policy / policy.sum(-1, true);
  const auto attack = tasks::attack_policy({w.transition, w.discount}, policy, "mce", 0.5);
  REQUIRE(attack.found);
  // It has to come near the others, a third each, before they count as much as it does.
  CHECK(attack.what == "state 3, action 1 more often");
  CHECK(attack.change < 0.33);
}

TEST_CASE("policy attack: what makes no sense is one line") {
  const auto w = worlds::garnets(1, {.states = 4, .actions = 2, .branching = 2}, Rng(1));
  const Tensor half = at::full({4, 2}, 0.5, at::kDouble);
  CHECK_THROWS_AS(tasks::attack_policy({w.transition, w.discount}, half, "mce", 1), Error);
  CHECK_THROWS_AS(tasks::attack_policy({w.transition, w.discount}, half * 0, "mce", 0.5), Error);
}
