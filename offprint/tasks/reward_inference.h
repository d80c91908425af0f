// Rewards inferred from what somebody did: maximum likelihood under the Boltzmann and maximal
// causal entropy models (Ziebart 2010; Ramachandran & Amir 2007), with derivatives through the
// fixed point. optimal_reward.h does so for somebody held to be optimal.
#pragma once
#include <string>
#include <vector>

#include "offprint/worlds/decision_process.h"

namespace offprint::tasks {

// What the observer assumes of one world. float64.
struct AssumedWorld {
  Tensor transition;  // (S,A,S)
  double discount = 0.95;
};

enum class RewardForm {
  state,        // R(s), what a state is worth however one leaves it
  state_action  // R(s,a)
};

struct RewardFitOptions {
  std::string model = "mce";  // or boltzmann
  double temperature = 1;     // the unit of the reward
  RewardForm form = RewardForm::state_action;
  double ridge =
      0.1;  // > 0: precision of a normal prior at zero, which also picks among shaped twins
  int64_t most_steps = 200;
};

struct RewardFit {
  Tensor reward;                            // (S,A) float64
  Tensor policy;                            // (S,A) of that reward under the model
  Tensor parameters;                        // (K) S or S A of them
  Tensor hessian;                           // (K,K) expected information plus ridge
  double log_likelihood = 0, gradient = 0;  // the largest entry left of the gradient
  int64_t steps = 0;
};

// counts (S,A) >= 0, whole or not: how often each action was taken in each state. Newton's method
// with the expected information, which for boltzmann passes kinks of the greatest value by halving
// steps. Throws Error on shapes, counts, an unknown model, ridge or temperature not above zero.
RewardFit fit_reward(const AssumedWorld& world, const Tensor& counts,
                     const RewardFitOptions& options);

// The penalised log likelihood of parameters and its gradient (K), for tests.
struct Likelihood {
  double value = 0;
  Tensor gradient;
};
Likelihood reward_likelihood(const AssumedWorld& world, const Tensor& counts,
                             const Tensor& parameters, const RewardFitOptions& options);

// A reward whose policy under the model is this one (..,S,A) > 0, in any world and under any
// discount: values are zero everywhere, so that what comes next does not matter. All others are
// this one, shaped. mce: t log policy; boltzmann: the same less its greatest value in each state.
Tensor reward_of_policy(const Tensor& policy, const std::string& model, double temperature);
// The same from t log policy, for probabilities that are no number any more.
Tensor reward_of_log_policy(const Tensor& heated_log_policy, const std::string& model);

// Standard errors (M) of `of` (M,K) times the parameters: by the sandwich H^-1 G H^-1 with
// trajectories as the independent units.
Tensor standard_errors(const AssumedWorld& world, const worlds::Steps& steps, const RewardFit& fit,
                       const RewardFitOptions& options, const Tensor& of);

// How action values under a fixed policy (S,A) answer the parameters: d Q / d theta (S,A,K).
Tensor value_jacobian(const AssumedWorld& world, const Tensor& policy, RewardForm form);

}  // namespace offprint::tasks
