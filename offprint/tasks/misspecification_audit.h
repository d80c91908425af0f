// `audit --method irl-misspecification`: how far the reward read from a log of decisions would be
// off if the person does not act as the model assumes. Skalse & Abate 2024, arXiv 2403.06854.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offprint/tasks/infer_reward.h"
#include "offprint/tasks/policy_attack.h"

namespace offprint::tasks {

struct MisspecificationOptions {
  RewardModelOptions reward = {};
  int64_t draws = 5;
  void visit(auto&& field) {
    field("assumed-model", reward.model, "irl: how they are held to act", {"mce", "boltzmann"});
    field("discount", reward.discount, "irl: what a step later is held to be worth to them");
    field("temperature", reward.temperature, "irl: how random they are held to act");
    field("ridge", reward.ridge, "irl: precision of the prior on each entry of the reward");
    field("reward-of", reward.reward_of, "irl: what the reward looks at",
          {"state-action", "state"});
    field("transitions", reward.transitions,
          "irl: table of state, action, next, probability; empty: estimated from the log");
    field("draws", draws, "irl: mistaken transitions tried");
  }
};

struct MisspecificationRequest {
  std::filesystem::path data = {};  // a log, see behaviour_log.h
  uint64_t seed = 1;
  MisspecificationOptions options = {};
};

// Somebody of the reward inferred who acts otherwise than assumed.
struct DeviationTrial {
  std::string label, deviation;  // "looks 5 steps ahead", "myopia"
  double amount = 0;
  bool strong = false;
  double distance = 0;  // from the reward inferred to what would be read off that behaviour, mean
  // A wrong discount or transition leaves a choice of rewards with the very behaviour of the log:
  // the one furthest off, and its supremum.
  std::optional<double> worst = {};
};

struct MisspecificationAudit {
  InferredReward inferred;
  std::vector<DeviationTrial> trials;
  PolicyAttack attack;  // to distance 1/2
  std::string example_label;
  Tensor example_inferred, example_worst;  // (S,A) levelled, of norm one: the same behaviour
};

// Throws Error, one line, on logs and options that cannot be used.
MisspecificationAudit audit_misspecification(const MisspecificationRequest& request,
                                             Progress& progress);

Outcome misspecification_outcome(const MisspecificationAudit& audit);

}  // namespace offprint::tasks
