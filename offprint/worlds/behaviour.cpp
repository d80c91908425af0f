#include "offprint/worlds/behaviour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"

namespace offprint::worlds {
namespace {

constexpr int64_t kHyperbolicSteps = 200;

constexpr auto kDeviations = std::to_array<Deviation>({
    {"discount", "plans with a discount of their own", "the discount"},
    {"transition", "believes in another transition", "its share of what is believed"},
    {"temperature", "is more or less random than assumed", "times the temperature"},
    {"hyperbolic", "discounts step t by 1 / (1 + k t), planning anew each step", "k"},
    {"myopia", "looks a few steps ahead", "steps"},
    {"noise", "acts at random now and then", "share of steps"},
    {"risk", "fears spread: certainty equivalents of exponential utility", "aversion"},
    {"prospect", "overweights unlikely outcomes", "exponent, 1 is none"},
    {"stuck", "repeats the last action now and then", "share of steps"},
});

using kernels::DecisionBatch;

Tensor values_of_actions(const DecisionBatch& mdp, const Behaviour& who) {
  if (who.model != "mce") return kernels::solve_optimal(mdp).q;
  return kernels::solve_soft(mdp, at::full({1}, who.temperature, at::kDouble)).q;
}

DecisionBatch batch_of(const DecisionProcesses& world, const Tensor& transition) {
  return {transition, kernels::expected_reward(transition, world.reward), world.discount};
}

// Backward induction over as many steps as there are weights (each (B)), all seen from now.
Tensor plan_ahead(const DecisionProcesses& world, const std::vector<Tensor>& weights,
                  const Behaviour& who) {
  const int64_t states = world.states(), actions = world.actions();
  const Tensor reward = kernels::expected_reward(world.transition, world.reward);
  const Tensor p = world.transition.view({-1, states * actions, states});
  Tensor q, v = at::zeros({world.count(), states, 1}, at::kDouble);
  for (auto w = weights.rbegin(); w != weights.rend(); ++w) {
    const Tensor weight = w->view({-1, 1, 1});
    q = weight * reward + at::matmul(p, v).view({-1, states, actions});
    // Entropy of a later step is discounted as its reward is.
    const Tensor heat = weight * who.temperature;
    v = who.model == "mce" ? heat * (q / heat).logsumexp(-1, true) : q.amax(-1, true);
  }
  return q;
}

// Certainty equivalents are the worst of all tilted transitions, each at the price of its
// divergence: so this is policy iteration of somebody who tilts against the agent.
Tensor fearful(const DecisionProcesses& world, const Behaviour& who) {
  const Tensor g = world.discount.view({-1, 1, 1, 1});
  const Tensor there = world.transition > 0;
  Tensor v = at::zeros({world.count(), world.states()}, at::kDouble), q;
  for (int64_t step = 0; step < 200; ++step) {
    const Tensor outcome = world.reward + g * v.view({-1, 1, 1, world.states()});
    const Tensor least = outcome.masked_fill(there.logical_not(), 1e300).amin(-1, true);
    // By expm1 and log1p, as a faint fear is divided by itself.
    const Tensor loss =
        at::where(there, (-who.amount * (outcome - least)).expm1(), at::zeros_like(outcome));
    const Tensor sum = (world.transition * loss).sum(-1, true);
    const Tensor tilted = world.transition * (1 + loss) / (1 + sum);
    const Tensor certain = least.squeeze(-1) - sum.squeeze(-1).log1p() / who.amount;
    const Tensor next =
        at::matmul(tilted.view({-1, world.states() * world.actions(), world.states()}),
                   v.unsqueeze(-1))
            .view_as(certain);
    q = values_of_actions({tilted, certain - g.squeeze(-1) * next, world.discount}, who);
    const Tensor now =
        who.model == "mce" ? who.temperature * (q / who.temperature).logsumexp(-1) : q.amax(-1);
    const double change = (now - v).abs().max().item<double>();
    v = now;
    if (change <= 1e-11 * std::max(1.0, v.abs().max().item<double>())) return q;
  }
  fail("behave: risk aversion {} was not solved in 200 steps", who.amount);
}

// How often each action is seen in each state of somebody who repeats the last action with
// probability `share`: discounted visits of states with the action taken there.
Tensor stuck_policy(const DecisionProcesses& world, const Tensor& policy, double share) {
  const int64_t states = world.states(), actions = world.actions();
  const Tensor g = world.discount.view({-1, 1, 1});
  const Tensor p = world.transition.permute({0, 2, 3, 1}).reshape({-1, states, states});
  const Tensor begin = world.start.unsqueeze(-1) * policy;
  Tensor visits = begin;
  while (true) {
    const Tensor kept = at::matmul(p, visits.transpose(1, 2).reshape({-1, states, 1}))
                            .view({-1, actions, states})
                            .transpose(1, 2);  // (B,S',A): arrivals by the action just taken
    const Tensor next = begin + g * (share * kept + (1 - share) * kept.sum(-1, true) * policy);
    const double change = (next - visits).abs().max().item<double>();
    visits = next;
    if (change < 1e-13) break;
  }
  const Tensor total = visits.sum(-1, true);
  return at::where(total > 1e-12, visits / total.clamp_min(1e-300), policy);
}

void check(const Behaviour& who) {
  require(std::ranges::find(kBehaviourModels, who.model) != std::end(kBehaviourModels),
          "behave: unknown model '{}', expected {}", who.model, fmt::join(kBehaviourModels, "|"));
  require(std::isfinite(who.temperature) && who.temperature > 0,
          "behave: temperature {}, expected above zero", who.temperature);
  if (who.deviation.empty()) return;
  find_deviation(who.deviation);
  const double x = who.amount;
  const auto expect = [&](bool ok, const char* range) {
    require(std::isfinite(x) && ok, "behave: {} {}, expected {}", who.deviation, x, range);
  };
  if (who.deviation == "discount") expect(x >= 0 && x < 1, "in [0,1)");
  if (who.deviation == "transition" || who.deviation == "noise") expect(x >= 0 && x <= 1, "0 to 1");
  if (who.deviation == "stuck") expect(x >= 0 && x < 1, "in [0,1)");
  if (who.deviation == "temperature" || who.deviation == "prospect") expect(x > 0, "above zero");
  if (who.deviation == "hyperbolic" || who.deviation == "risk") expect(x >= 0, "0 or more");
  if (who.deviation == "myopia")
    expect(x >= 1 && x == std::floor(x) && x <= 10'000, "a whole number from 1 to 10000");
}

}  // namespace

std::span<const Deviation> deviations() { return kDeviations; }

const Deviation& find_deviation(std::string_view name) {
  std::vector<std::string> names;
  for (const Deviation& d : kDeviations) {
    if (d.name == name) return d;
    names.emplace_back(d.name);
  }
  fail("behave: unknown deviation '{}'{}, expected {}", name,
       did_you_mean(std::string(name), names), fmt::join(names, "|"));
}

Tensor choose(const Tensor& q, const std::string& model, double temperature) {
  if (model != "optimal") return at::softmax(q / temperature, -1);
  const Tensor top = q.amax(-1, true);
  // Ties within rounding of the values are ties.
  const Tensor best = (q >= top - 1e-9 * q.abs().amax({1, 2}, true)).to(at::kDouble);
  return best / best.sum(-1, true);
}

Tensor mistaken_transition(const DecisionProcesses& world, double share, const Rng& rng) {
  Rng own = rng.split("mistaken");
  const Tensor drawn = -(1 - own.uniform(world.transition.sizes(), at::kDouble)).log();
  return (1 - share) * world.transition + share * drawn / drawn.sum(-1, true);
}

Tensor weighted_transition(const Tensor& p, double c) {
  const Tensor raised = p.pow(c);
  const Tensor w = raised / (raised + (1 - p).clamp_min(0).pow(c)).pow(1 / c);
  return w / w.sum(-1, true);
}

Tensor behave(const DecisionProcesses& world, const Behaviour& who, const Rng& rng) {
  check(who);
  const std::string& way = who.deviation;
  Behaviour as = who;
  Tensor q;
  if (way == "discount") {
    DecisionBatch mdp = batch_of(world, world.transition);
    mdp.discount = at::full({1}, who.amount, at::kDouble);
    q = values_of_actions(mdp, who);
  } else if (way == "transition") {
    q = values_of_actions(batch_of(world, mistaken_transition(world, who.amount, rng)), who);
  } else if (way == "prospect") {
    q = values_of_actions(batch_of(world, weighted_transition(world.transition, who.amount)), who);
  } else if (way == "hyperbolic") {
    std::vector<Tensor> weights;
    for (int64_t t = 0; t < kHyperbolicSteps; ++t)
      weights.push_back(at::full({1}, 1 / (1 + who.amount * static_cast<double>(t)), at::kDouble));
    q = plan_ahead(world, weights, who);
  } else if (way == "myopia") {
    std::vector<Tensor> weights = {at::ones({1}, at::kDouble)};
    while (std::ssize(weights) < static_cast<int64_t>(who.amount) &&
           weights.back().max().item<double>() > 1e-14)
      weights.push_back(weights.back() * world.discount);
    q = plan_ahead(world, weights, who);
  } else if (way == "risk" && who.amount > 0) {
    q = fearful(world, who);
  } else {
    if (way == "temperature") as.temperature *= who.amount;
    q = values_of_actions(batch_of(world, world.transition), as);
  }
  const Tensor policy = choose(q, who.model, as.temperature);
  if (way == "noise")
    return (1 - who.amount) * policy + who.amount / static_cast<double>(world.actions());
  return way == "stuck" ? stuck_policy(world, policy, who.amount) : policy;
}

}  // namespace offprint::worlds
