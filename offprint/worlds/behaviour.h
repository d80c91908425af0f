// How somebody acts on a reward: the three models that inverse reinforcement learning assumes, and
// the ways in which people depart from them. Skalse & Abate 2024, arXiv 2403.06854, section 2; the
// departures after Kahneman & Tversky 1992 (weighting), Howard & Matheson 1972 (risk), Ainslie 1975
// (hyperbolic discounting).
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "offprint/kernels/mdp_solve.h"
#include "offprint/worlds/decision_process.h"

namespace offprint::worlds {

// optimal: all actions of greatest Q* alike; boltzmann: exp(Q* / temperature); mce: exp(Q / t) of
// the soft Q, maximal causal entropy.
inline constexpr std::string_view kBehaviourModels[] = {"optimal", "boltzmann", "mce"};

struct Behaviour {
  std::string model = "mce";
  double temperature = 1;      // 1 / beta of boltzmann, alpha of mce; optimal has none
  std::string deviation = "";  // one of deviations(), or empty: as the model says
  double amount = 0;
};

struct Deviation {
  std::string_view name;
  std::string_view what;    // "plans with a discount of their own"
  std::string_view amount;  // "the discount"
};
std::span<const Deviation> deviations();
const Deviation& find_deviation(std::string_view name);  // Error names all

// Policies (B,S,A). `rng` draws what the deviation "transition" believes of the world; the other
// ways need none. Throws Error on an unknown model or deviation, a temperature that is not above
// zero, and amounts without a meaning.
Tensor behave(const DecisionProcesses& world, const Behaviour& who, const Rng& rng);

// (1 - share) of the true transition and share of one drawn from rng, dense; (B,S,A,S).
Tensor mistaken_transition(const DecisionProcesses& world, double share, const Rng& rng);

// What is believed by somebody who overweights unlikely outcomes, c in (0,1] (1: what is true):
// w(p) = p^c / (p^c + (1 - p)^c)^(1/c), rows scaled to one again.
Tensor weighted_transition(const Tensor& transition, double c);

// The last step of all models: from values of actions (B,S,A) to a policy.
Tensor choose(const Tensor& q, const std::string& model, double temperature);

}  // namespace offprint::worlds
