// Finite decision processes to try things on, many at once: random ones (Garnet: Archibald,
// McKinnon & Thomas 1995), gridworlds, chains whose reward comes late. Rewards are R(s,a,s').
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::worlds {

struct DecisionProcesses {
  Tensor transition;  // (B,S,A,S) float64, rows sum to one
  Tensor reward;      // (B,S,A,S)
  Tensor start;       // (B,S) where play begins
  Tensor discount;    // (B)

  int64_t count() const { return transition.size(0); }
  int64_t states() const { return transition.size(1); }
  int64_t actions() const { return transition.size(2); }
};

// Each pair of state and action leads to `branching` states drawn without replacement, with the
// gaps of sorted uniform numbers as probabilities; rewards are normal; play begins anywhere.
struct GarnetOptions {
  int64_t states = 20, actions = 4, branching = 5;
  double discount = 0.9;
};
DecisionProcesses garnets(int64_t count, const GarnetOptions& options, Rng rng);

// side x side cells, four moves that slip to another direction with probability `slip`; a goal that
// pays 1 when reached and sends back to the start, in a corner, and side/2 pits that cost 1 to
// enter.
DecisionProcesses gridworlds(int64_t count, int64_t side, double slip, double discount, Rng rng);

// States 0 .. length-1. Action 0 takes a small pay, between 0.05 and 0.3, and goes back to the
// start; action 1 goes on, or stays with probability `slip`; from the last state it pays between 1
// and 2 and goes back to the start.
DecisionProcesses delayed_chains(int64_t count, int64_t length, double slip, double discount,
                                 Rng rng);

// What was seen of somebody who acted: one row a step, in order within a trajectory.
struct Steps {
  Tensor trajectory, state, action, next;  // (N) int64
};

// `trajectories` plays of `length` steps of process `index` by a policy (S,A).
Steps play(const DecisionProcesses& world, int64_t index, const Tensor& policy,
           int64_t trajectories, int64_t length, Rng rng);

Tensor visit_counts(const Steps& steps, int64_t states, int64_t actions);  // (S,A) float64

}  // namespace offprint::worlds
