// Training of forecasting models on the windows of a series: squared error over the whole horizon
// in float32 unless the model has a loss of its own, validation on every window of the validation
// rows.
#pragma once
#include <functional>
#include <string>

#include "offprint/tasks/forecaster.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

class WindowObjective : public Objective {
 public:
  using Model = std::function<Tensor(const Tensor& history)>;  // (B,L,V) -> (B,H,V) float32
  using Loss = std::function<Tensor(const Tensor& windows, Rng& rng)>;  // (B,L+H,V) -> scalar
  // Throws Error where no window fits into the training rows.
  WindowObjective(nn::Parameters parameters, Model model, const ForecastRows& rows,
                  const ForecastShape& shape, at::Device device, Loss loss = {});

  nn::Parameters parameters() override { return parameters_; }
  int64_t size() const override { return train_.size(0); }
  Tensor loss(const Tensor& examples, Rng& rng) override;
  std::optional<double> validate() override;

 private:
  Tensor error_on(const Tensor& windows) const;

  nn::Parameters parameters_;
  Model model_;
  Loss loss_;
  int64_t lookback_;
  Tensor train_, validation_;  // views of windows (W,L+H,V), float32
};

TrainResult train_on_windows(WindowObjective& objective, const MethodOptions& options,
                             std::string name, Rng rng, Progress& progress);

// A float32 model on a float64 history, in chunks, on the device of `weight`; the answer in float64
// on the CPU.
Tensor predict_in_float(const Tensor& history, const Tensor& weight,
                        const WindowObjective::Model& model);

}  // namespace offprint::tasks
