// Where a training run stands: its plan, the numbers it has gathered, and both on disk.
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/nn/optimizer.h"

namespace offprint::tasks {

struct TrainOptions;

// What follows from the options and the number of examples; fixed for the run.
struct TrainPlan {
  int64_t examples = 0, batch = 0, accumulate = 1;
  int64_t steps_per_epoch = 0, steps = 0;
  int64_t steps_per_loss = 0;  // an entry of TrainResult::losses
  int64_t validate_every = 0;
  nn::OptimizerOptions optimizer;
};
// Throws Error on sizes that are not positive.
TrainPlan make_plan(int64_t examples, const TrainOptions& options);

struct TrainState {
  int64_t step = 0;
  double loss_sum = 0;  // over the examples since the last entry of losses
  int64_t loss_examples = 0;
  std::vector<double> losses, validations;
  std::optional<double> best;
  std::vector<Tensor> best_weights;  // empty: none kept
  int64_t without_gain = 0;          // validations since the best
  double seconds = 0;
  bool ended = false;  // all steps done, early stop or out of time
};

// One file FOLDER/checkpoint.safetensors, replaced atomically.
void save_train_state(const std::filesystem::path& folder, const TrainPlan& plan, const Rng& rng,
                      const nn::Optimizer& optimizer, const TrainState& state);

// Restores weights and optimiser in place; nothing where the folder holds no checkpoint. Throws
// Error on a damaged file and on one of a run with another plan or seed.
std::optional<TrainState> load_train_state(const std::filesystem::path& folder,
                                           const TrainPlan& plan, const Rng& rng,
                                           nn::Optimizer& optimizer);

}  // namespace offprint::tasks
