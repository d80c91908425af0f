// Objectives for a sequence model over data held in memory: classes of whole sequences, and
// targets at every step.
#pragma once
#include "offprint/models/sequence_model.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

// Inputs with what they should give. Float32 x (N,L,C); y (N) int64 classes, or (N,L,O) float32.
struct SequenceData {
  Tensor x, y;
  int64_t size() const { return x.defined() ? x.size(0) : 0; }
};

// Mean loss of `model` over `data` in batches, without a graph or dropout.
double mean_loss(const models::SequenceModel& model, const SequenceData& data,
                 double smoothing = 0.0, int64_t batch = 64);
// Outputs in batches, without a graph or dropout: (N,K) or (N,L,O).
Tensor outputs(const models::SequenceModel& model, const Tensor& x, int64_t batch = 64);

// Cross entropy where the model has one output a sequence (y (N) int64), mean squared error where
// it has one at each step. The first `skip` steps do not count: a delay line has to fill first.
class SequenceObjective : public Objective {
 public:
  // The model must outlive the objective. An empty validation set validates nothing. Throws Error
  // where data and model do not fit.
  SequenceObjective(models::SequenceModel& model, SequenceData data, SequenceData validation = {},
                    double smoothing = 0.0, int64_t skip = 0);

  nn::Parameters parameters() override { return nn::parameters_of(model_); }
  int64_t size() const override { return data_.size(); }
  Tensor loss(const Tensor& examples, Rng& rng) override;
  std::optional<double> validate() override;

 private:
  models::SequenceModel& model_;
  SequenceData data_, validation_;
  double smoothing_;
  int64_t skip_;
};

}  // namespace offprint::tasks
