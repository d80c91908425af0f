#include "offprint/tasks/window_objective.h"

#include <utility>

#include "offprint/core/error.h"
#include "offprint/nn/losses.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {
constexpr int64_t kChunk = 256;
}

WindowObjective::WindowObjective(nn::Parameters parameters, Model model, const ForecastRows& rows,
                                 const ForecastShape& shape, at::Device device, Loss loss)
    : parameters_(std::move(parameters)),
      model_(std::move(model)),
      loss_(std::move(loss)),
      lookback_(shape.lookback) {
  const Tensor values = rows.values.to(device, at::kFloat);
  train_ = windows(values, 0, rows.train, shape.lookback, shape.horizon);
  validation_ = windows(values, rows.train, values.size(0), shape.lookback, shape.horizon);
  require(train_.size(0) >= 1, "forecast: {} rows to train on, expected at least {}", rows.train,
          shape.lookback + shape.horizon);
}

Tensor WindowObjective::error_on(const Tensor& w) const {
  return nn::mean_squared_error(model_(w.slice(1, 0, lookback_)), w.slice(1, lookback_));
}

Tensor WindowObjective::loss(const Tensor& examples, Rng& rng) {
  const Tensor w = train_.index_select(0, examples.to(train_.device()));
  return loss_ ? loss_(w, rng) : error_on(w);
}

std::optional<double> WindowObjective::validate() {
  const int64_t count = validation_.size(0);
  if (count == 0) return std::nullopt;
  const at::NoGradGuard no_grad;
  double sum = 0;
  for (int64_t begin = 0; begin < count; begin += kChunk) {
    const Tensor w = validation_.slice(0, begin, begin + kChunk);
    sum += error_on(w).item<double>() * static_cast<double>(w.size(0));
  }
  return sum / static_cast<double>(count);
}

TrainResult train_on_windows(WindowObjective& objective, const MethodOptions& options,
                             std::string name, Rng rng, Progress& progress) {
  TrainOptions training{.epochs = options.epochs,
                        .steps = options.steps,
                        .batch = options.batch,
                        .patience = options.patience};
  training.optimizer.lr = options.lr, training.optimizer.weight_decay = 0;
  training.name = std::move(name);
  return train(objective, training, rng, progress);
}

Tensor predict_in_float(const Tensor& history, const Tensor& weight,
                        const WindowObjective::Model& model) {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < history.size(0); begin += kChunk) {
    const Tensor x = history.slice(0, begin, begin + kChunk).to(weight.device(), at::kFloat);
    parts.push_back(model(x).to(at::kCPU, at::kDouble));
  }
  return at::cat(parts);
}

}  // namespace offprint::tasks
