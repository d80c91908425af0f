// `infer --method irl`: the reward behind a log of somebody's decisions, under a model of how they
// act, with intervals.
#pragma once
#include <filesystem>

#include "offprint/tasks/behaviour_log.h"
#include "offprint/tasks/outcome.h"
#include "offprint/tasks/reward_inference.h"

namespace offprint::tasks {

struct RewardModelOptions {
  std::string model = "mce";
  double discount = 0.95, temperature = 1, ridge = 0.1;
  std::string reward_of = "state-action", transitions = "";
  void visit(auto&& field) {
    field("model", model, "irl: how they are held to act", {"mce", "boltzmann", "optimal"});
    field("discount", discount, "irl: what a step later is worth to them");
    field("temperature", temperature, "irl: how random they act; the unit of the reward");
    field("ridge", ridge, "irl: precision of the prior on each entry of the reward");
    field("reward-of", reward_of, "irl: what the reward looks at", {"state-action", "state"});
    field("transitions", transitions,
          "irl: table of state, action, next, probability; empty: estimated from the log");
  }
};

// Entries are differences: of an action to the state's mean in value, levelled (state-action), or
// of a state to the mean state (state), which is what behaviour tells of.
struct InferredReward {
  std::string source;
  RewardModelOptions options;
  BehaviourLog log;
  AssumedWorld world;
  Tensor counts;                       // (S,A)
  RewardFit fit;                       // not of the optimal model
  Tensor reward;                       // (S,A) as inferred
  Tensor entries, errors;              // (M) what is shown, standard errors (optimal: none)
  std::vector<std::string> labels;     // of the entries
  std::vector<double> seen;            // how often each entry's state, or pair, was seen
  double per_step = 0, by_chance = 0;  // log likelihood a step, and of uniform choice
  std::vector<std::string> notes;
};

RewardFitOptions fit_options(const RewardModelOptions& options);
// Throws Error, one line, on options and logs that cannot be used.
InferredReward infer_reward(const std::filesystem::path& log, const RewardModelOptions& options,
                            Progress& progress);

std::string heading_of(const InferredReward& inferred);  // the log, the model, the discount
Outcome reward_outcome(const InferredReward& inferred);

}  // namespace offprint::tasks
