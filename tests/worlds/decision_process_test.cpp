#include "offprint/worlds/decision_process.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/mdp_solve.h"

using namespace offprint;
using namespace offprint::worlds;

TEST_CASE(
    "garnets: rows are distributions over as many states as asked for, and differ by process") {
  const DecisionProcesses w = garnets(40, {.states = 12, .actions = 3, .branching = 4}, Rng(1));
  CHECK((w.transition.sum(-1) - 1).abs().max().item<double>() < 1e-12);
  CHECK(((w.transition > 0).sum(-1) == 4).all().item<bool>());
  // Gaps of uniform numbers: each of the four has mean one quarter; all states are led to alike.
  CHECK(w.transition.max().item<double>() > 0.8);
  const Tensor led = w.transition.mean(at::IntArrayRef{0, 1, 2});
  CHECK((led * 12 - 1).abs().max().item<double>() < 0.15);
  CHECK(max_abs_diff(w.transition[0], w.transition[1]) > 0.1);
  const DecisionProcesses again = garnets(40, {.states = 12, .actions = 3, .branching = 4}, Rng(1));
  CHECK(max_abs_diff(w.transition, again.transition) == 0);
}

TEST_CASE("gridworlds: the best way without slips takes the steps there are, around pits") {
  const DecisionProcesses w = gridworlds(30, 5, 0, 0.9, Rng(2));
  const auto s = kernels::solve_optimal(
      {w.transition, kernels::expected_reward(w.transition, w.reward), w.discount});
  // Eight steps to the goal, one back to the start: V = 0.9^7 + 0.9^9 V.
  const double clear = std::pow(0.9, 7) / (1 - std::pow(0.9, 9));
  const Tensor start = s.v.select(1, 0);
  CHECK((start <= clear + 1e-12).all().item<bool>());
  CHECK(start.max().item<double>() == doctest::Approx(clear));
  CHECK((w.transition.sum(-1) - 1).abs().max().item<double>() < 1e-12);
}

TEST_CASE("delayed chains: whoever is patient goes on, whoever is not takes what is there") {
  const DecisionProcesses w = delayed_chains(50, 6, 0.1, 0.99, Rng(3));
  kernels::DecisionBatch mdp{w.transition, kernels::expected_reward(w.transition, w.reward),
                             w.discount};
  const Tensor patient = kernels::solve_optimal(mdp).q;
  mdp.discount = at::full({1}, 0.3, at::kDouble);
  const Tensor hasty = kernels::solve_optimal(mdp).q;
  // Late pay a step: at least 1 / (5 / 0.9 + 1); small pay a step: at most 0.3, so most go on.
  const Tensor goes_on = patient.select(1, 0).select(1, 1) > patient.select(1, 0).select(1, 0);
  CHECK(goes_on.to(at::kDouble).mean().item<double>() > 0.3);
  CHECK((hasty.select(1, 0).select(1, 0) > hasty.select(1, 0).select(1, 1)).all().item<bool>());
}

TEST_CASE("play: counts follow policy and transition") {
  const DecisionProcesses w = garnets(1, {.states = 4, .actions = 2, .branching = 3}, Rng(4));
  Tensor policy = at::full({4, 2}, 0.25, at::kDouble);
  policy.select(1, 1).fill_(0.75);
  const Steps steps = play(w, 0, policy, 4000, 10, Rng(5));
  CHECK(steps.state.size(0) == 40'000);
  const Tensor counts = visit_counts(steps, 4, 2);
  const Tensor share = counts.select(1, 1) / counts.sum(-1);
  CHECK((share - 0.75).abs().max().item<double>() < 0.03);
  const auto s = steps.state.accessor<int64_t, 1>(), a = steps.action.accessor<int64_t, 1>(),
             to = steps.next.accessor<int64_t, 1>(), who = steps.trajectory.accessor<int64_t, 1>();
  Tensor moves = at::zeros({4, 2, 4}, at::kDouble);
  for (int64_t i = 0; i < 40'000; ++i) {
    moves[s[i]][a[i]][to[i]] += 1;
    if (i > 0 && who[i] == who[i - 1]) REQUIRE(s[i] == to[i - 1]);
  }
  CHECK(max_abs_diff(moves / counts.unsqueeze(-1), w.transition[0]) < 0.03);
}

TEST_CASE("decision processes: what makes no sense is one line") {
  CHECK_THROWS_WITH(garnets(1, {.states = 3, .branching = 5}, Rng(1)),
                    "garnets: branching 5, expected 1 to 3");
  CHECK_THROWS_AS(gridworlds(1, 1, 0, 0.9, Rng(1)), Error);
  CHECK_THROWS_AS(delayed_chains(1, 5, 1, 0.9, Rng(1)), Error);
  CHECK_THROWS_AS(garnets(1, {.discount = 1}, Rng(1)), Error);
}
