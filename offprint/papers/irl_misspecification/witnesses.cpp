#include "offprint/papers/irl_misspecification/witnesses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/reward_distance.h"
#include "offprint/tasks/policy_attack.h"
#include "offprint/tasks/reward_inference.h"
#include "offprint/tasks/worst_reward.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::papers::irl_misspecification {
namespace {

using kernels::Canonical;
using kernels::RewardSpace;
using worlds::DecisionProcesses;

constexpr const char* kModels[] = {"mce", "boltzmann"};

// Sweeps, where the witnesses were made by Newton's method.
Tensor swept_policy(const RewardSpace& world, const Tensor& reward, const std::string& model) {
  const Tensor heat = model == "mce" ? at::ones({1}, at::kDouble) : Tensor();
  const double size = 1 + reward.abs().max().item<double>();
  return at::softmax(
      kernels::sweep_values({world.transition, reward, world.discount}, heat, 1e-13 * size).q, -1);
}

double distance_of(const RewardSpace& space, const Tensor& a, const Tensor& b) {
  return kernels::reward_distance(space, a.unsqueeze(0), b.unsqueeze(0), Canonical::levelled)
      .item<double>();
}

RewardSpace one_of(const RewardSpace& space, int64_t i) {
  const auto row = [&](const Tensor& t) { return t.size(0) == 1 ? t : t.slice(0, i, i + 1); };
  return {row(space.transition), row(space.discount)};
}

PairCheck check_pairs(const RewardSpace& space, const RewardSpace& acted, int64_t processes) {
  PairCheck out;
  for (int64_t i = 0; i < processes; ++i) {
    const RewardSpace here = one_of(space, i), there = one_of(acted, i);
    for (const char* model : kModels) {
      const tasks::OppositePair pair = tasks::opposite_pair(here, there, model, 1, 1);
      require(pair.exists, "irl-misspecification: process {} has no pair of opposite rewards", i);
      const Tensor mine = swept_policy(here, pair.held.unsqueeze(0), model),
                   theirs = swept_policy(there, pair.inferred.unsqueeze(0), model);
      out.policy_difference = std::max(out.policy_difference, max_abs_diff(mine, theirs));
      out.least_distance =
          std::min(out.least_distance, distance_of(here, pair.held, pair.inferred));
    }
  }
  return out;
}

DecisionProcesses small_garnets(int64_t processes, double discount, const Rng& rng) {
  return worlds::garnets(processes,
                         {.states = 6, .actions = 3, .branching = 3, .discount = discount}, rng);
}

TextTable witness_table(std::string title, const RewardSpace& space, const RewardSpace& acted) {
  const tasks::OppositePair pair = tasks::opposite_pair(space, acted, "mce", 1, 1);
  TextTable table{std::move(title),
                  {"room", "action", "to the other room", "assumed", "reward held",
                   "reward inferred", "probability"},
                  {}};
  const char* rooms[] = {"A", "B"};
  const char* actions[] = {"stay", "go"};
  for (int64_t s = 0; s < 2; ++s)
    for (int64_t a = 0; a < 2; ++a)
      table.rows.push_back({rooms[s], actions[a],
                            fmt::format("{:.2f}", space.transition[0][s][a][1 - s].item<double>()),
                            fmt::format("{:.2f}", acted.transition[0][s][a][1 - s].item<double>()),
                            fmt::format("{:+.6f}", pair.held[s][a].item<double>()),
                            fmt::format("{:+.6f}", pair.inferred[s][a].item<double>()),
                            fmt::format("{:.6f}", pair.policy[s][a].item<double>())});
  table.title +=
      fmt::format(": one behaviour, distance {:.6f}", distance_of(space, pair.held, pair.inferred));
  return table;
}

}  // namespace

PairCheck wrong_discount(double held, double assumed, int64_t processes, Rng rng) {
  const DecisionProcesses w = small_garnets(processes, held, rng);
  return check_pairs({w.transition, w.discount},
                     {w.transition, at::full({1}, assumed, at::kDouble)}, processes);
}

PairCheck wrong_transition(double share, int64_t processes, Rng rng) {
  const DecisionProcesses w = small_garnets(processes, 0.9, rng);
  return check_pairs({w.transition, w.discount},
                     {worlds::mistaken_transition(w, share, rng), w.discount}, processes);
}

double perturbed(double change, int64_t processes, Rng rng) {
  const DecisionProcesses w = small_garnets(processes, 0.9, rng);
  const RewardSpace space{w.transition, w.discount};
  // A reward so small that its behaviour is nearly uniform, and its opposite on the other side.
  const Tensor held = change * kernels::standardised(space, w.reward, Canonical::levelled);
  const Tensor d = kernels::reward_distance(space, held, -held, Canonical::levelled);
  double least = 1;
  for (const char* model : kModels) {
    const Tensor moved =
        (swept_policy(space, held, model) - swept_policy(space, -held, model)).abs().amax({1, 2});
    // Pairs that differ by more do not count.
    least = std::min(least, at::where(moved <= change, d, at::zeros_like(d)).min().item<double>());
  }
  return least;
}

std::vector<double> least_changes(const std::string& model, double distance, int64_t processes,
                                  Rng rng) {
  const DecisionProcesses w = small_garnets(processes, 0.9, rng);
  const Tensor policies = worlds::behave(w, {.model = model}, rng);
  std::vector<double> out;
  for (int64_t i = 0; i < processes; ++i) {
    const RewardSpace space = one_of({w.transition, w.discount}, i);
    const tasks::PolicyAttack attack = tasks::attack_policy(space, policies[i], model, distance);
    out.push_back(attack.found ? attack.change : 1);
  }
  return out;
}

double wrong_temperature(int64_t processes, Rng rng) {
  const DecisionProcesses w = small_garnets(processes, 0.9, rng);
  double furthest = 0;
  for (const char* model : kModels)
    for (const double times : {0.2, 0.5, 2.0, 10.0}) {
      const Tensor policy =
          worlds::behave(w, {.model = model, .deviation = "temperature", .amount = times}, rng);
      furthest =
          std::max(furthest, kernels::reward_distance({w.transition, w.discount}, w.reward,
                                                      tasks::reward_of_policy(policy, model, 1),
                                                      Canonical::levelled)
                                 .max()
                                 .item<double>());
    }
  return furthest;
}

std::vector<double> optimal_ambiguity(int64_t processes, Rng rng) {
  const DecisionProcesses w = small_garnets(processes, 0.9, rng);
  const Tensor best = worlds::behave(w, {.model = "optimal"}, rng);
  std::vector<double> out;
  for (int64_t i = 0; i < processes; ++i)
    out.push_back(tasks::worst_optimal(one_of({w.transition, w.discount}, i), best[i],
                                       w.reward.slice(0, i, i + 1))
                      .distance.item<double>());
  return out;
}

DecisionProcesses two_rooms(double discount, double arrives) {
  const Tensor transition =
      at::tensor({1.0, 0.0, 1 - arrives, arrives, 0.0, 1.0, arrives, 1 - arrives}, at::kDouble)
          .view({1, 2, 2, 2});
  return {transition, at::zeros({1, 2, 2, 2}, at::kDouble), at::full({1, 2}, 0.5, at::kDouble),
          at::full({1}, discount, at::kDouble)};
}

TextTable discount_witness(double held, double assumed) {
  const DecisionProcesses w = two_rooms(held, 1);
  return witness_table(fmt::format("Discount {} held, {} assumed", held, assumed),
                       {w.transition, w.discount},
                       {w.transition, at::full({1}, assumed, at::kDouble)});
}

TextTable transition_witness(double held, double assumed) {
  const DecisionProcesses w = two_rooms(0.9, held);
  return witness_table(fmt::format("\"go\" arrives with {}, {} assumed", held, assumed),
                       {w.transition, w.discount},
                       {two_rooms(0.9, assumed).transition, w.discount});
}

}  // namespace offprint::papers::irl_misspecification
