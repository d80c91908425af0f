// The one training loop: batches, accumulation, clipping, schedule, early stop, checkpoints with
// exact resume, progress, stop, and its data-parallel form. Every paper that trains gives it an
// Objective.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/nn/collective.h"
#include "offprint/nn/optimizer.h"
#include "offprint/nn/parameters.h"
#include "offprint/nn/schedule.h"

namespace offprint::tasks {

// What is trained. `loss` is the mean over the examples named by `examples` (int64 on the CPU, any
// order); rng is for dropout and the like, already split for the step, so that a resumed run
// repeats it. validate() runs without a graph, on the first process only.
class Objective {
 public:
  virtual ~Objective() = default;
  virtual nn::Parameters parameters() = 0;
  virtual int64_t size() const = 0;                                  // training examples
  virtual Tensor loss(const Tensor& examples, Rng& rng) = 0;         // scalar
  virtual std::optional<double> validate() { return std::nullopt; }  // smaller is better
};

struct TrainOptions {
  int64_t epochs = 10;     // passes over the data; see `steps`
  int64_t steps = 0;       // > 0: this many optimiser steps, whatever the epochs
  int64_t batch = 32;      // examples an optimiser step (over all processes)
  int64_t accumulate = 1;  // micro-batches the batch is split into
  nn::OptimizerOptions optimizer = {};
  nn::ScheduleOptions schedule = {};
  double clip = 1.0;              // largest gradient norm; 0 turns it off
  int64_t patience = 0;           // validations without gain before it stops early; 0: never
  int64_t validate_every = 0;     // steps; 0: once an epoch
  bool keep_best = true;          // end with the weights of the best validation
  double time_limit_seconds = 0;  // > 0: stop after this long, for comparisons at equal time
  std::filesystem::path checkpoint = {};  // folder; empty: none. What is there is resumed
  int64_t checkpoint_every = 200;         // steps
  std::string name = "training";          // for progress
};

struct TrainResult {
  int64_t steps = 0, epochs = 0;
  std::vector<double> losses;  // mean training loss of each epoch (of each 100 steps if by steps)
  std::vector<double> validations;
  std::optional<double> best;  // smallest validation
  double seconds = 0;
  bool stopped = false;  // on request, before the end
};

// Same seed, options and data give the same weights for any thread count up to rounding, and bit
// for bit when resumed on the same machine. With several processes each takes its share of every
// batch; all end with the weights of the first. Throws Error if the loss becomes NaN or infinite
// (names the step), and on a checkpoint of another run; if one process fails, all throw.
TrainResult train(Objective& objective, const TrainOptions& options, Rng rng, Progress& progress,
                  nn::Collective& processes = nn::single_process());

}  // namespace offprint::tasks
