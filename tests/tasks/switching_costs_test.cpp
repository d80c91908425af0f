#include "offprint/tasks/switching_costs.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/dartboard.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("switching costs: play in bulk and play by rounds have the same law") {
  constexpr int64_t kRounds = 1024, kRepetitions = 1500;
  const double gap = 0.08;
  for (const int64_t arms : {2, 5})
    for (const auto& [method, feedback] : {std::pair{"one-slot", kernels::SlotFeedback::bandit},
                                           {"full-slot", kernels::SlotFeedback::full},
                                           {"one-arm", kernels::SlotFeedback::one_arm}}) {
      CAPTURE(method);
      CAPTURE(arms);
      const SwitchingLearner learner{method, 128, 0.15};
      double regret = 0, regret_square = 0, switches = 0, switch_square = 0;
      for (int64_t i = 0; i < kRepetitions; ++i) {
        const Rng rng = Rng(7).split(static_cast<uint64_t>(i));
        const auto losses = worlds::walk_losses(kRounds, arms, gap, rng.split("losses"));
        const auto totals = losses.totals();
        const SwitchingPlay p = play(losses, learner, rng.split("play"));
        const double r = p.loss - *std::ranges::min_element(totals);
        const auto s = static_cast<double>(p.switches);
        regret += r, regret_square += r * r, switches += s, switch_square += s * s;
      }
      const kernels::Plays bulk = kernels::play_hard_instance(
          {.arms = arms, .log_rounds = 10, .gap = gap}, {feedback, 7, 0.15}, kRepetitions, Rng(8));
      const auto compare = [&](double sum, double square, const std::vector<double>& other) {
        const auto n = static_cast<double>(kRepetitions);
        double mean = 0, spread = 0;
        for (const double v : other) mean += v / n;
        for (const double v : other) spread += (v - mean) * (v - mean) / n;
        const double error = std::sqrt((square / n - sum * sum / n / n + spread) / n);
        CHECK(std::abs(sum / n - mean) < 4 * error);
      };
      compare(regret, regret_square, bulk.regret);
      compare(switches, switch_square, bulk.switches);
    }
}

TEST_CASE("switching costs: what is seen is what the plan says, and never above the budget") {
  const auto losses = worlds::coin_losses(600, 3, 0.2, Rng(1));
  for (const SwitchingMethod& method : switching_methods()) {
    const std::string name(method.name);
    CAPTURE(name);
    const SwitchingPlan plan = plan_for(name, 600, 3, 90, 1);
    const SwitchingPlay p = play(losses, plan.learner, Rng(2));
    CHECK(p.observations == plan.observations);
    if (name == "one-slot" || name == "full-slot" || name == "one-arm") CHECK(p.observations <= 90);
    CHECK(std::ssize(p.actions) == 600);
    double loss = 0;
    int64_t switches = 0;
    for (int64_t t = 0; t < 600; ++t) {
      loss += losses.loss(t, p.actions[static_cast<size_t>(t)]);
      switches +=
          t > 0 && p.actions[static_cast<size_t>(t)] != p.actions[static_cast<size_t>(t - 1)];
    }
    CHECK(p.loss == doctest::Approx(loss));
    CHECK(p.switches == switches);
  }
}

TEST_CASE("switching costs: estimates are unbiased") {
  const std::vector<double> losses = {0.2, 0.9, 0.5}, p = {0.5, 0.2, 0.3};
  for (const char* method : {"one-slot", "full-slot", "one-arm"}) {
    CAPTURE(method);
    Rng rng(3);
    std::vector<double> sums(3), squares(3);
    constexpr int kDraws = 100'000;
    for (int i = 0; i < kDraws; ++i) {
      const double u = rng.uniform();
      const int64_t arm = u < 0.5 ? 0 : u < 0.7 ? 1 : 2;
      const auto e = slot_estimate(
          method, [&](int64_t k) { return losses[static_cast<size_t>(k)]; }, p, arm, rng);
      for (size_t k = 0; k < 3; ++k) sums[k] += e[k], squares[k] += e[k] * e[k];
    }
    for (size_t k = 0; k < 3; ++k) {
      const double mean = sums[k] / kDraws, variance = squares[k] / kDraws - mean * mean;
      CHECK(std::abs(mean - losses[k]) <= 4 * std::sqrt(std::max(variance, 0.0) / kDraws) + 1e-9);
    }
  }
}

TEST_CASE("switching costs: plans shrink with what may be seen, and say which feedback to use") {
  CHECK(plan_for("full-slot", 1 << 20, 2, 1 << 16, 1).bound <
        plan_for("full-slot", 1 << 20, 2, 1 << 12, 1).bound);
  CHECK(plan_with_extra(1 << 20, 2, 100, 1).learner.method == "one-slot");
  CHECK(plan_with_extra(1 << 20, 2, 1 << 18, 1).learner.method == "full-slot");
  // A rise of the cost of a switch makes batches fewer.
  CHECK(plan_for("one-slot", 1 << 16, 4, 1 << 16, 5).learner.batches <
        plan_for("one-slot", 1 << 16, 4, 1 << 16, 1).learner.batches);
}

TEST_CASE("switching costs: losses and learners that make no sense are one line") {
  const auto losses = worlds::periodic_losses(10, 2, 0.1, 3);
  CHECK(losses.loss(4, 1) == doctest::Approx(0.4));
  CHECK_THROWS_WITH_AS(
      play(losses, {.method = "hegde"}, Rng(1)),
      "switching costs: unknown method 'hegde', did you mean 'hedge'?, expected "
      "one-slot|full-slot|one-arm|anytime|exp3-batched|exp3|hedge|dartboard|lazy-leader|"
      "tsallis-blocks|random",
      Error);
  CHECK_THROWS_WITH_AS(play(losses, {.batches = 11}, Rng(1)),
                       "switching costs: 11 batches, expected 1 to 10", Error);
  CHECK_THROWS_AS(play(losses, {.batches = 2, .rate = 0}, Rng(1)), Error);
  CHECK_THROWS_WITH_AS(
      worlds::table_losses(at::tensor({0.1, 0.2, 3.0, 0.4}, at::kDouble).view({2, 2}), "x.csv"),
      "x.csv: row 2, action 1: loss 3, expected 0 to 1", Error);
  CHECK_THROWS_AS(worlds::walk_losses(0, 2, 0.1, Rng(1)), Error);
}
