// AdamW, Adam and SGD with parameter groups. The arithmetic is libtorch's fused multi-tensor step
// (what torch.optim runs with fused=True): one pass over each tensor, any device, and no need of
// torch::optim's heavy headers. A complex parameter is stepped as its pairs of real numbers.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "offprint/nn/parameters.h"

namespace offprint::nn {

struct OptimizerOptions {
  std::string kind = "adamw";  // adamw, adam, sgd
  double lr = 1e-3;
  double weight_decay = 0.01;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, momentum = 0.9;
  void visit(auto&& field) {
    field("optimizer", kind, "optimiser", {"adamw", "adam", "sgd"});
    field("lr", lr, "peak learning rate");
    field("weight-decay", weight_decay, "weight decay (decoupled in adamw)");
  }
};

class Optimizer {
 public:
  // Error on an unknown kind, a parameter that is not contiguous, or two of one name.
  Optimizer(Parameters parameters, const OptimizerOptions& options);
  ~Optimizer();
  Optimizer(Optimizer&&) noexcept;
  Optimizer& operator=(Optimizer&&) noexcept;

  void step(double factor);  // every group's peak rate times `factor`; without a gradient: skipped
  void zero_gradients();     // forgets them
  double clip_gradients(double limit);  // returns the norm before; limit 0 measures only
  const Parameters& parameters() const;

  // Moments and counts by name, for a checkpoint: "blocks.0.w.exp_avg", "... .exp_avg_sq",
  // "... .step", or "... .momentum" of sgd. Shares storage; restored bit for bit.
  std::vector<Parameter> state() const;
  void restore(const std::vector<Parameter>& state);  // Error on a missing or misshapen entry

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace offprint::nn
