// Training of a Hankel attention model to foretell the value after a window.
#pragma once
#include <string>

#include "offprint/models/hankel_attention.h"
#include "offprint/models/one_layer_attention.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

// Windows (W,N+1) whose last value is to be foretold; validation may be undefined. Forecasts beyond
// +- bound count as +- bound where bound > 0: a cubic of an outlier must not end a run.
struct OneStepData {
  Tensor train = {}, validation = {};
  double bound = 0;
};

class OneStepObjective : public Objective {
 public:
  OneStepObjective(models::HankelAttention& model, const OneStepData& data);
  nn::Parameters parameters() override { return nn::parameters_of(model_); }
  int64_t size() const override { return data_.train.size(0); }
  Tensor loss(const Tensor& examples, Rng& rng) override;
  std::optional<double> validate() override;

 private:
  Tensor error_on(const Tensor& windows) const;
  models::HankelAttention& model_;
  OneStepData data_;  // float32
};

struct OneStepOptions {
  int64_t steps = 600, batch = 512;
  double lr = 1e-2, clip = 1;
  bool decay = true;  // the rate to zero along a cosine, or constant
};
TrainResult train_one_step(models::HankelAttention& model, const OneStepData& data,
                           const OneStepOptions& options, std::string name, Rng rng,
                           Progress& progress);

// One layer by alternating least squares (up to 8 lags; trained beyond), each further one grown on
// top and all trained together, so that depth never starts behind. The models of depth 1 .. depth.
std::vector<models::HankelAttention> train_by_depth(const OneStepData& data, int64_t lags,
                                                    int64_t depth, const OneStepOptions& options,
                                                    const Rng& rng, Progress& progress);

// Forecasts in chunks and without a graph, (W,N) -> (W) float64.
Tensor foretell(const models::HankelAttention& model, const Tensor& contexts);

}  // namespace offprint::tasks
