#include "offprint/tasks/sequence_objective.h"

#include <algorithm>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/nn/losses.h"

namespace offprint::tasks {
namespace {

using models::SequenceModel;

Tensor loss_of(const SequenceModel& model, const Tensor& output, const Tensor& y, double smoothing,
               int64_t skip) {
  if (!model.options.every_step) return nn::cross_entropy(output, y, smoothing);
  return nn::mean_squared_error(output.slice(1, skip), y.slice(1, skip));
}

void require_fit(const SequenceModel& model, const SequenceData& data, int64_t skip) {
  if (data.size() == 0) return;
  const auto& o = model.options;
  require_dim(data.x, 3, "SequenceObjective", "x", "(N,L,C)");
  require(data.x.size(2) == o.channels, "SequenceObjective: x is {}, the model has {} channels",
          shape_text(data.x), o.channels);
  const bool fits = o.every_step
                        ? data.y.dim() == 3 && data.y.size(0) == data.x.size(0) &&
                              data.y.size(1) == data.x.size(1) && data.y.size(2) == o.outputs
                        : data.y.dim() == 1 && data.y.size(0) == data.x.size(0);
  require(fits, "SequenceObjective: y is {}, expected {} for x {}", shape_text(data.y),
          o.every_step ? "(N,L,O)" : "(N)", shape_text(data.x));
  require(skip < data.x.size(1), "SequenceObjective: skips {} of {} steps", skip, data.x.size(1));
}

double mean_loss_after(const SequenceModel& model, const SequenceData& data, double smoothing,
                       int64_t batch, int64_t skip) {
  const at::NoGradGuard no_grad;
  const int64_t n = data.size();
  require(n > 0, "mean_loss: no examples");
  double sum = 0.0;
  for (int64_t begin = 0; begin < n; begin += batch) {
    const int64_t end = std::min(begin + batch, n);
    const Tensor output = forward(model, data.x.slice(0, begin, end));
    const Tensor loss = loss_of(model, output, data.y.slice(0, begin, end), smoothing, skip);
    sum += loss.item<double>() * static_cast<double>(end - begin);
  }
  return sum / static_cast<double>(n);
}

}  // namespace

double mean_loss(const SequenceModel& model, const SequenceData& data, double smoothing,
                 int64_t batch) {
  return mean_loss_after(model, data, smoothing, batch, 0);
}

Tensor outputs(const SequenceModel& model, const Tensor& x, int64_t batch) {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < x.size(0); begin += batch)
    parts.push_back(forward(model, x.slice(0, begin, std::min(begin + batch, x.size(0)))));
  require(!parts.empty(), "outputs: no examples");
  return at::cat(parts);
}

SequenceObjective::SequenceObjective(SequenceModel& model, SequenceData data,
                                     SequenceData validation, double smoothing, int64_t skip)
    : model_(model),
      data_(std::move(data)),
      validation_(std::move(validation)),
      smoothing_(smoothing),
      skip_(skip) {
  require_fit(model_, data_, skip_);
  require_fit(model_, validation_, skip_);
}

Tensor SequenceObjective::loss(const Tensor& examples, Rng& rng) {
  const Tensor rows = examples.to(data_.x.device());
  const Tensor output = forward(model_, data_.x.index_select(0, rows), &rng);
  return loss_of(model_, output, data_.y.index_select(0, rows), smoothing_, skip_);
}

std::optional<double> SequenceObjective::validate() {
  if (validation_.size() == 0) return std::nullopt;
  // Without smoothing: what counts is the fit to the true labels.
  return mean_loss_after(model_, validation_, 0.0, 64, skip_);
}

}  // namespace offprint::tasks
