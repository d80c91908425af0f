// Finite Markov decision processes solved exactly, thousands at once. Optimal and
// entropy-regularised (soft) values by Newton's method on Bellman's equation, which is policy
// iteration (Howard 1960; Puterman & Brumelle 1979; soft: Geist, Scherrer & Pietquin 2019, arXiv
// 1901.11275): a handful of steps, each an unpivoted LU of I - discount P, where sweeps of value
// iteration need hundreds.
//   optimal  Q(s,a) = R(s,a) + g sum_s' P(s'|s,a) V(s'),  V(s) = max_a Q(s,a)
//   soft     the same Q,                                  V(s) = t log sum_a exp(Q(s,a) / t)
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// All float64 on the CPU. Where a batch is 1 it stands for all of the others.
struct DecisionBatch {
  Tensor transition;  // (B,S,A,S) P(s'|s,a), rows sum to one
  Tensor reward;      // (B,S,A) expected over s'
  Tensor discount;    // (B) in [0,1)
};

struct SolvedBatch {
  Tensor q;      // (B,S,A)
  Tensor v;      // (B,S)
  Tensor error;  // (B) proved: max |v - the true values| <= error
  Tensor steps;  // (B) int64 linear systems solved
};

struct SolveOptions {
  double tolerance = 1e-12;  // of the error, relative to max |q|; no tighter than rounding allows
  int64_t most_steps = 100;
};

// Processes are spread over the threads; the answer does not depend on their number. Throws Error
// on shapes that do not fit, on a discount outside [0,1), on rows that do not sum to one (1e-9), on
// numbers that are not finite, and where most_steps are too few for the tolerance.
SolvedBatch solve_optimal(const DecisionBatch& mdp, const SolveOptions& options = {});

// temperature (B) or (1), above zero. exp((q - v) / temperature) is the policy of maximal causal
// entropy (Ziebart 2010).
SolvedBatch solve_soft(const DecisionBatch& mdp, const Tensor& temperature,
                       const SolveOptions& options = {});

// Values of a policy (B,S,A), rows sum to one: one linear system.
SolvedBatch evaluate_policy(const DecisionBatch& mdp, const Tensor& policy);

// x (B,S) with x = b + discount P_pi^T x: discounted visits of states where b is how the play
// starts; the adjoint of evaluate_policy. b (B,S).
Tensor discounted_visits(const DecisionBatch& mdp, const Tensor& policy, const Tensor& b);

// sum_s' P(s'|s,a) R(s,a,s') (B,S,A) of rewards (B,S,A,S); rewards (B,S,A) come back as they are.
Tensor expected_reward(const Tensor& transition, const Tensor& reward);

// Oracles: sweeps of value iteration over at:: operations until the error is proved to be below
// `tolerance` (absolute); temperature undefined: optimal.
SolvedBatch sweep_values(const DecisionBatch& mdp, const Tensor& temperature, double tolerance);

}  // namespace offprint::kernels
