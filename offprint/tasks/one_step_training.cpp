#include "offprint/tasks/one_step_training.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/nn/losses.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kChunk = 1024;  // windows in memory at a time

models::HankelAttention in_float(models::HankelAttention model) {
  for (nn::LinearAttention& layer : model.layers)
    layer.P = layer.P.to(at::kFloat), layer.Q = layer.Q.to(at::kFloat);
  return model;
}

// P and Q of one size: only their product counts, and a step should move both alike.
models::HankelAttention balanced(models::HankelAttention model) {
  nn::LinearAttention& layer = model.layers.front();
  const double p = layer.P.norm().item<double>(), q = layer.Q.norm().item<double>();
  if (p > 0 && q > 0) layer.P *= std::sqrt(q / p), layer.Q *= std::sqrt(p / q);
  return model;
}

// The moments of p (p+1) (p+2) / 2 features cost too much where p is large.
constexpr int64_t kMostExactLags = 8;

models::HankelAttention first_layer(const OneStepData& data, int64_t lags,
                                    const OneStepOptions& options, const Rng& rng,
                                    Progress& progress) {
  if (lags <= kMostExactLags) {
    const models::AlternatingFit fit = models::fit_alternating(
        kernels::sample_cubic_moments(data.train, lags), rng.split("alternating"));
    return balanced(in_float(models::as_hankel_attention(fit.layer)));
  }
  Rng init = rng.split("init");
  models::HankelAttention model = models::make_hankel_attention({.lags = lags}, init);
  train_one_step(model, data, options, "training one layer", rng.split("train"), progress);
  return model;
}

}  // namespace

OneStepObjective::OneStepObjective(models::HankelAttention& model, const OneStepData& data)
    : model_(model), data_(data) {
  require(data.train.defined() && data.train.dim() == 2 && data.train.size(0) >= 1,
          "one-step training: no windows, expected at least one");
  const auto type = model.layers.front().P.scalar_type();
  data_.train = data.train.to(type);
  if (data.validation.defined()) data_.validation = data.validation.to(type);
}

Tensor OneStepObjective::error_on(const Tensor& w) const {
  const int64_t N = w.size(1) - 1;
  Tensor y = models::forward(model_, w.slice(1, 0, N));
  if (data_.bound > 0) y = y.clamp(-data_.bound, data_.bound);
  return nn::mean_squared_error(y, w.select(1, N));
}

Tensor OneStepObjective::loss(const Tensor& examples, Rng&) {
  return error_on(data_.train.index_select(0, examples));
}

std::optional<double> OneStepObjective::validate() {
  if (!data_.validation.defined() || data_.validation.size(0) == 0) return std::nullopt;
  const at::NoGradGuard no_grad;
  double sum = 0;
  const int64_t count = data_.validation.size(0);
  for (int64_t begin = 0; begin < count; begin += kChunk) {
    const Tensor w = data_.validation.slice(0, begin, begin + kChunk);
    sum += error_on(w).item<double>() * static_cast<double>(w.size(0));
  }
  return sum / static_cast<double>(count);
}

TrainResult train_one_step(models::HankelAttention& model, const OneStepData& data,
                           const OneStepOptions& o, std::string name, Rng rng, Progress& progress) {
  OneStepObjective objective(model, data);
  TrainOptions training;
  training.steps = o.steps, training.batch = o.batch, training.clip = o.clip;
  training.validate_every = std::max<int64_t>(1, o.steps / 8);
  training.optimizer = {.kind = "adam", .lr = o.lr, .weight_decay = 0};
  training.schedule.kind = o.decay ? "cosine" : "constant";
  if (!o.decay) training.schedule.warmup = 0;
  training.name = std::move(name);
  const TrainResult result = train(objective, training, rng, progress);
  progress.throw_if_stopped();
  return result;
}

std::vector<models::HankelAttention> train_by_depth(const OneStepData& data, int64_t lags,
                                                    int64_t depth, const OneStepOptions& options,
                                                    const Rng& rng, Progress& progress) {
  std::vector<models::HankelAttention> by_depth = {
      first_layer(data, lags, options, rng.split("first"), progress)};
  for (int64_t layers = 2; layers <= depth; ++layers) {
    const Rng draw = rng.split(static_cast<uint64_t>(layers));
    Rng init = draw.split("init");
    models::HankelAttention model = models::with_another_layer(by_depth.back(), init);
    train_one_step(model, data, options, fmt::format("training {} layers", layers),
                   draw.split("train"), progress);
    by_depth.push_back(std::move(model));
  }
  return by_depth;
}

Tensor foretell(const models::HankelAttention& model, const Tensor& contexts) {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < contexts.size(0); begin += kChunk)
    parts.push_back(
        models::forward(model, contexts.slice(0, begin, begin + kChunk)).to(at::kDouble));
  return at::cat(parts);
}

}  // namespace offprint::tasks
