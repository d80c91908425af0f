#include "offprint/worlds/behaviour.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;

namespace {

DecisionProcesses small_garnets() {
  return garnets(20, {.states = 8, .actions = 3, .branching = 4, .discount = 0.8}, Rng(1));
}

// One state; action 0 pays `sure`; action 1 wins or loses one, by where it leads in a second state
// that is like the first and pays nothing itself.
DecisionProcesses gamble(double sure) {
  DecisionProcesses w = delayed_chains(1, 2, 0, 0, Rng(1));
  w.transition.zero_(), w.reward.zero_();
  for (int64_t s = 0; s < 2; ++s) {
    w.transition[0][s][0][0] = 1, w.reward[0][s][0][0] = sure;
    w.transition[0][s][1].fill_(0.5);
    w.reward[0][s][1][0] = -1, w.reward[0][s][1][1] = 1;
  }
  return w;
}

Tensor of(const DecisionProcesses& w, const char* model, const char* deviation, double amount,
          double temperature = 0.5) {
  return behave(w, {model, temperature, deviation, amount}, Rng(7));
}

}  // namespace

TEST_CASE("behaviour: a deviation of nothing is the model itself") {
  const DecisionProcesses w = small_garnets();
  const std::pair<const char*, double> none[] = {
      {"discount", 0.8}, {"transition", 0}, {"temperature", 1}, {"myopia", 300}, {"noise", 0},
      {"risk", 0},       {"risk", 1e-7},    {"prospect", 1},    {"stuck", 0}};
  for (const std::string_view model : kBehaviourModels) {
    const Tensor plain = of(w, model.data(), "", 0);
    CHECK((plain.sum(-1) - 1).abs().max().item<double>() < 1e-12);
    for (const auto& [deviation, amount] : none) {
      INFO(std::string(model), " ", std::string(deviation));
      CHECK(max_abs_diff(of(w, model.data(), deviation, amount), plain) < 1e-5);
    }
  }
}

TEST_CASE("behaviour: every deviation changes what is done, and stays a policy") {
  const DecisionProcesses w = small_garnets();
  const std::pair<const char*, double> some[] = {
      {"discount", 0.2},   {"transition", 0.5}, {"temperature", 2},
      {"hyperbolic", 0.5}, {"myopia", 1},       {"noise", 0.3},
      {"risk", 1},         {"prospect", 0.5},   {"stuck", 0.4}};
  for (const auto& [deviation, amount] : some) {
    INFO(std::string(deviation));
    const Tensor p = of(w, "mce", deviation, amount);
    CHECK(max_abs_diff(p, of(w, "mce", "", 0)) > 0.02);
    CHECK((p.sum(-1) - 1).abs().max().item<double>() < 1e-12);
    CHECK(p.min().item<double>() >= 0);
  }
}

TEST_CASE("behaviour: fear of spread is worth what exponential utility says") {
  // A gamble of one has certainty equivalent -log(cosh(a)) / a.
  for (const double a : {0.3, 1.0, 4.0}) {
    const Tensor p = of(gamble(0), "boltzmann", "risk", a, 1);
    const double logit = -std::log(std::cosh(a)) / a;
    CHECK(p[0][0][1].item<double>() == doctest::Approx(1 / (1 + std::exp(-logit))));
  }
  // With a later value at stake too: sweeps of the recursion itself, from nothing.
  const DecisionProcesses w = small_garnets();
  Tensor v = at::zeros({20, 8}, at::kDouble), q;
  for (int64_t i = 0; i < 200; ++i) {
    const Tensor outcome = w.reward + 0.8 * v.view({20, 1, 1, 8});
    q = -(w.transition * (-2 * outcome).exp()).sum(-1).log() / 2;
    v = 0.5 * (q / 0.5).logsumexp(-1);
  }
  CHECK(max_abs_diff(of(w, "mce", "risk", 2), at::softmax(q / 0.5, -1)) < 1e-9);
}

TEST_CASE("behaviour: unlikely outcomes are overweighted as Kahneman and Tversky have it") {
  DecisionProcesses w = gamble(0);
  w.transition[0].select(1, 1).select(1, 0).fill_(0.95);
  w.transition[0].select(1, 1).select(1, 1).fill_(0.05);
  const double c = 0.61;
  const auto raw = [&](double p) {
    return std::pow(p, c) / std::pow(std::pow(p, c) + std::pow(1 - p, c), 1 / c);
  };
  const double high = raw(0.05) / (raw(0.05) + raw(0.95));
  const Tensor p = of(w, "boltzmann", "prospect", c, 1);
  CHECK(p[0][0][1].item<double>() == doctest::Approx(1 / (1 + std::exp(-(2 * high - 1)))));
}

TEST_CASE("behaviour: looking one step ahead counts the next pay alone, hyperbolic time its own") {
  const DecisionProcesses w = small_garnets();
  const Tensor pay = kernels::expected_reward(w.transition, w.reward);
  CHECK(max_abs_diff(of(w, "mce", "myopia", 1), at::softmax(pay / 0.5, -1)) < 1e-12);
  // A very steep hyperbola is as good as looking one step ahead.
  CHECK(max_abs_diff(of(w, "boltzmann", "hyperbolic", 1e9), at::softmax(pay / 0.5, -1)) < 1e-5);
  // Chain of three: two steps of waiting for the late pay, which comes at step 2, or the small one.
  DecisionProcesses chain = delayed_chains(1, 3, 0, 0.9, Rng(1));
  const double small = chain.reward[0][0][0][0].item<double>();
  chain.transition[0].select(0, 2).zero_(), chain.reward[0].select(0, 2).zero_();
  chain.transition[0][2].select(1, 2).fill_(1);  // the end; it pays but once, on going in
  chain.reward[0][1][1][2] = 1;
  const Tensor p = of(chain, "boltzmann", "hyperbolic", 1.0, 1);
  // In state 1 the choice is between 1 now and small now; then, back in the start, some waits with
  // small and the 1 two steps after the last of them, or waits to the end of the plan.
  double waits = 0, best = 1 / 3.0;
  for (int64_t t = 1; t < 200; ++t) {
    waits += small / (1 + static_cast<double>(t));
    best = std::max(best, waits + (t < 198 ? 1 / (1 + static_cast<double>(t + 2)) : 0));
  }
  const double take = small + best;
  const double logit = 1 - take;
  CHECK(p[0][1][1].item<double>() == doctest::Approx(1 / (1 + std::exp(-logit))).epsilon(1e-6));
}

TEST_CASE("behaviour: who repeats the last action is seen as often as in play") {
  const DecisionProcesses w = garnets(1, {.states = 4, .actions = 3, .branching = 2}, Rng(3));
  const double share = 0.5;
  const Tensor plain = of(w, "mce", "", 0)[0], seen = of(w, "mce", "stuck", share)[0];
  Rng rng(11);
  Tensor counts = at::zeros({4, 3}, at::kDouble);
  const auto draw = [&](const Tensor& weights) {
    double u = rng.uniform();
    int64_t i = 0;
    while (i + 1 < weights.size(0) && u >= weights[i].item<double>())
      u -= weights[i++].item<double>();
    return i;
  };
  for (int64_t i = 0; i < 4000; ++i) {
    int64_t s = draw(w.start[0]), a = draw(plain[s]);
    while (true) {
      counts[s][a] += 1;
      if (rng.uniform() >= 0.9) break;  // discounting as a chance to end
      s = draw(w.transition[0][s][a]);
      if (rng.uniform() >= share) a = draw(plain[s]);
    }
  }
  CHECK(max_abs_diff(counts / counts.sum(-1, true), seen) < 0.025);
}

TEST_CASE("behaviour: what has no meaning is one line") {
  const DecisionProcesses w = small_garnets();
  CHECK_THROWS_WITH(of(w, "mce", "myopia", 1.5),
                    "behave: myopia 1.5, expected a whole number from 1 to 10000");
  CHECK_THROWS_WITH(of(w, "mse", "", 0),
                    "behave: unknown model 'mse', expected optimal|boltzmann|mce");
  CHECK_THROWS_AS(of(w, "mce", "moise", 0.1), Error);
  CHECK_THROWS_AS(of(w, "mce", "noise", 1.1), Error);
  CHECK_THROWS_AS(of(w, "mce", "", 0, -1), Error);
}
