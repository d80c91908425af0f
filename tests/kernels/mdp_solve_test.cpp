#include "offprint/kernels/mdp_solve.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using kernels::DecisionBatch;

namespace {

DecisionBatch random_batch(int64_t count, int64_t states, int64_t actions, uint64_t seed) {
  Rng rng(seed);
  return {at::softmax(2 * rng.normal({count, states, actions, states}, at::kDouble), -1),
          rng.normal({count, states, actions}, at::kDouble),
          rng.uniform({count}, 0.0, 0.97, at::kDouble)};
}

// Two states. In 0, action 0 stays and pays 1, action 1 goes to 1 and pays 0; in 1 both stay and
// pay
// 3. With discount 1/2: V(1) = 6, Q(0,1) = 3, and staying for ever is worth 2, so Q(0,0) = 1 + 3/2.
DecisionBatch by_hand() {
  Tensor p = at::zeros({1, 2, 2, 2}, at::kDouble);
  p[0][0][0][0] = 1, p[0][0][1][1] = 1, p[0][1][0][1] = 1, p[0][1][1][1] = 1;
  Tensor r = at::zeros({1, 2, 2}, at::kDouble);
  r[0][0][0] = 1, r[0][1][0] = 3, r[0][1][1] = 3;
  return {p, r, at::full({1}, 0.5, at::kDouble)};
}

}  // namespace

TEST_CASE("mdp: a process that can be solved by hand") {
  const auto s = kernels::solve_optimal(by_hand());
  CHECK(s.v[0][0].item<double>() == doctest::Approx(3));
  CHECK(s.v[0][1].item<double>() == doctest::Approx(6));
  CHECK(s.q[0][0][0].item<double>() == doctest::Approx(2.5));
  CHECK(s.error.item<double>() < 1e-12);
  // Soft, temperature 1: V(1) = 6 + 2 log 2 since its two actions are one and the same.
  const auto soft = kernels::solve_soft(by_hand(), at::ones({1}, at::kDouble));
  CHECK(soft.v[0][1].item<double>() == doctest::Approx(6 + 2 * std::log(2.0)));
  const double v0 = soft.v[0][0].item<double>(), v1 = soft.v[0][1].item<double>();
  CHECK(v0 == doctest::Approx(std::log(std::exp(1 + v0 / 2) + std::exp(v1 / 2))));
}

TEST_CASE("mdp: Newton's steps and sweeps of value iteration agree, optimal and soft") {
  for (const int64_t states : {1, 5, 17, 40}) {
    const DecisionBatch mdp = random_batch(6, states, 3, static_cast<uint64_t>(states));
    const auto newton = kernels::solve_optimal(mdp);
    const auto sweeps = kernels::sweep_values(mdp, {}, 1e-11);
    CHECK(max_abs_diff(newton.v, sweeps.v) < 1e-10);
    CHECK(max_abs_diff(newton.q, sweeps.q) < 1e-10);
    for (const double t : {0.05, 1.0, 20.0}) {
      const Tensor heat = at::full({6}, t, at::kDouble);
      const auto soft = kernels::solve_soft(mdp, heat);
      CHECK(max_abs_diff(soft.v, kernels::sweep_values(mdp, heat, 1e-11).v) <
            1e-10 * std::max(1.0, t));
      CHECK(soft.steps.max().item<int64_t>() <= 12);
      // The policy's own soft value is the solution: entropy is paid for.
      const Tensor log_pi = (soft.q - soft.v.unsqueeze(-1)) / t;
      DecisionBatch paid = mdp;
      paid.reward = mdp.reward - t * log_pi;
      CHECK(max_abs_diff(kernels::evaluate_policy(paid, log_pi.exp()).v, soft.v) <
            1e-9 * std::max(1.0, t));
    }
  }
}

TEST_CASE("mdp: the proved error bounds the true one, also near discount one") {
  DecisionBatch mdp = random_batch(20, 30, 4, 9);
  mdp.discount = at::full({20}, 0.999, at::kDouble);
  const auto rough = kernels::solve_optimal(mdp, {.tolerance = 1e-3});
  const auto fine = kernels::solve_optimal(mdp);
  const Tensor off = (rough.v - fine.v).abs().amax(-1);
  CHECK((off <= rough.error + fine.error).all().item<bool>());
  CHECK(fine.error.max().item<double>() < 1e-7);  // |V| is a thousand: relative 1e-10
}

TEST_CASE("mdp: one transition stands for a batch of rewards") {
  const DecisionBatch many = random_batch(5, 8, 3, 4);
  DecisionBatch shared = many;
  shared.transition = many.transition.slice(0, 2, 3),
  shared.discount = many.discount.slice(0, 1, 2);
  DecisionBatch copied = shared;
  copied.transition = shared.transition.expand({5, 8, 3, 8});
  copied.discount = shared.discount.expand({5});
  CHECK(max_abs_diff(kernels::solve_optimal(shared).q, kernels::solve_optimal(copied).q) == 0);
}

TEST_CASE("mdp: discounted visits are the adjoint of a policy's values, and count steps") {
  Rng rng(2);
  const DecisionBatch mdp = random_batch(7, 11, 3, 5);
  const Tensor pi = at::softmax(rng.normal({7, 11, 3}, at::kDouble), -1);
  const Tensor start = at::softmax(rng.normal({7, 11}, at::kDouble), -1);
  const Tensor visits = kernels::discounted_visits(mdp, pi, start);
  const Tensor earned = (visits * (pi * mdp.reward).sum(-1)).sum(-1);
  const Tensor value = (start * kernels::evaluate_policy(mdp, pi).v).sum(-1);
  CHECK(max_abs_diff(earned, value) < 1e-11);
  CHECK(max_abs_diff(visits.sum(-1), 1 / (1 - mdp.discount)) < 1e-11);
}

TEST_CASE("mdp: ties and zero rewards end at once, tiny rewards are solved as well as large ones") {
  DecisionBatch mdp = random_batch(3, 6, 2, 8);
  mdp.reward = at::zeros({3, 6, 2}, at::kDouble);
  CHECK(kernels::solve_optimal(mdp).v.abs().max().item<double>() == 0);
  const DecisionBatch large = random_batch(3, 6, 2, 8);
  DecisionBatch tiny = large;
  tiny.reward = large.reward * 1e-9;
  CHECK(max_abs_diff(kernels::solve_optimal(tiny).q * 1e9, kernels::solve_optimal(large).q) <
        1e-10);
}

TEST_CASE("mdp: what does not fit is one line") {
  DecisionBatch mdp = random_batch(2, 4, 2, 1);
  DecisionBatch bad = mdp;
  bad.discount = at::ones({2}, at::kDouble);
  CHECK_THROWS_WITH(kernels::solve_optimal(bad), "decision batch: discount 1, expected in [0,1)");
  bad = mdp, bad.transition = mdp.transition * 0.5;
  CHECK_THROWS_AS(kernels::solve_optimal(bad), Error);
  bad = mdp, bad.reward = mdp.reward / 0;
  CHECK_THROWS_AS(kernels::solve_optimal(bad), Error);
  bad = mdp, bad.reward = mdp.reward.slice(1, 0, 3);
  CHECK_THROWS_WITH(kernels::solve_optimal(bad),
                    "decision batch: transition is (2,4,2,4), expected (B,3,2,3)");
  CHECK_THROWS_AS(kernels::solve_soft(mdp, at::zeros({2}, at::kDouble)), Error);
  CHECK_THROWS_AS(kernels::evaluate_policy(mdp, at::ones({2, 4, 2}, at::kDouble)), Error);
}
