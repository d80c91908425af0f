// The theorems' witnesses, made in closed form and checked by sweeps of value iteration.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"
#include "offprint/worlds/decision_process.h"

namespace offprint::papers::irl_misspecification {

// Pairs of rewards of one behaviour, each under its own world: over the processes and both models.
struct PairCheck {
  double least_distance = 1;     // of the rewards
  double policy_difference = 0;  // largest, of a probability
};
PairCheck wrong_discount(double held, double assumed, int64_t processes, Rng rng);
PairCheck wrong_transition(double share, int64_t processes, Rng rng);

// Two rewards at distance d whose policies differ by at most `change`: the least d over the
// processes and both models.
double perturbed(double change, int64_t processes, Rng rng);

// The least change that turns the reward read off an ordinary policy by `distance`, one a process.
std::vector<double> least_changes(const std::string& model, double distance, int64_t processes,
                                  Rng rng);

// Largest distance of the reward read with a wrong temperature, both models.
double wrong_temperature(int64_t processes, Rng rng);

// Furthest reward that makes the same actions optimal, one a process.
std::vector<double> optimal_ambiguity(int64_t processes, Rng rng);

// Two states, two actions (stay, go), small enough to check with a pencil.
worlds::DecisionProcesses two_rooms(double discount, double arrives);
TextTable discount_witness(double held, double assumed);
TextTable transition_witness(double held, double assumed);  // chance that "go" arrives

}  // namespace offprint::papers::irl_misspecification
