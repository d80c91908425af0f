#include "offprint/tasks/train.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/tasks/train_state.h"

namespace offprint::tasks {
namespace {

// One run of the loop: what does not change during it, and the state that a checkpoint keeps.
class Run {
 public:
  Run(Objective& objective, const TrainOptions& options, Rng rng, Progress& progress,
      nn::Collective& processes)
      : objective_(objective),
        options_(options),
        rng_(rng),
        progress_(progress),
        processes_(processes),
        optimizer_(objective.parameters(), options.optimizer),
        plan_(make_plan(objective.size(), options)) {}

  TrainResult train();

 private:
  void begin();
  double one_step();  // the loss before it
  double accumulate_gradients(const Tensor& examples);
  void sum_over_processes(double& loss);
  void note_loss(double loss, int64_t examples);
  void validate();
  bool out_of_time();
  void together(const std::function<void()>& work);
  Tensor batch_of(int64_t step);
  void save() const;
  double seconds() const { return state_.seconds + watch_.seconds(); }

  Objective& objective_;
  const TrainOptions& options_;
  const Rng rng_;
  Progress& progress_;
  nn::Collective& processes_;
  nn::Optimizer optimizer_;
  const TrainPlan plan_;
  TrainState state_;
  Stopwatch watch_;
  int64_t order_epoch_ = -1;
  Tensor order_;  // (n) of order_epoch_
};

// Work that may fail on one process alone: the others learn of it here instead of waiting for ever
// in the next sum.
void Run::together(const std::function<void()>& work) {
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  const bool somewhere = processes_.any(failure != nullptr);
  if (failure) std::rethrow_exception(failure);
  require(!somewhere, "train: another process failed; its message says why");
}

void Run::begin() {
  together([&] {
    if (options_.checkpoint.empty()) return;
    std::optional<TrainState> saved =
        load_train_state(options_.checkpoint, plan_, rng_, optimizer_);
    if (saved) state_ = std::move(*saved);
  });
  std::vector<Tensor> weights;
  for (const nn::Parameter& p : optimizer_.parameters())
    weights.push_back(nn::real_view(p.tensor.detach()));
  processes_.broadcast(weights);
  progress_.start(options_.name, plan_.steps);
  if (state_.step > 0) progress_.say(fmt::format("resumed at step {}", state_.step));
}

Tensor Run::batch_of(int64_t step) {
  const int64_t epoch = step / plan_.steps_per_epoch;
  if (epoch != order_epoch_) {
    Rng rng = rng_.split("order").split(static_cast<uint64_t>(epoch));
    order_ = at::tensor(rng.permutation(plan_.examples), at::kLong);
    order_epoch_ = epoch;
  }
  const int64_t begin = step % plan_.steps_per_epoch * plan_.batch;
  return order_.slice(0, begin, std::min(begin + plan_.batch, plan_.examples));
}

// Adds this process's share of the batch to the gradients, micro-batch by micro-batch, each
// weighted by its size, so that the sum over all is the mean over the batch.
double Run::accumulate_gradients(const Tensor& examples) {
  const at::AutoGradMode with_graph(true);
  const int64_t n = examples.size(0), parts = plan_.accumulate * processes_.size();
  const Rng step_rng = rng_.split("loss").split(static_cast<uint64_t>(state_.step));
  double total = 0.0;
  for (int64_t m = 0; m < plan_.accumulate; ++m) {
    const int64_t part = processes_.rank() * plan_.accumulate + m;
    const int64_t begin = n * part / parts, end = n * (part + 1) / parts;
    if (begin == end) continue;
    Rng rng = step_rng.split(static_cast<uint64_t>(part));
    const double share = static_cast<double>(end - begin) / static_cast<double>(n);
    Tensor loss = objective_.loss(examples.slice(0, begin, end), rng);
    require(loss.numel() == 1, "train: the loss is {}, expected a scalar", shape_text(loss));
    if (share < 1.0) loss = loss * share;
    total += loss.item<double>();
    loss.backward();
  }
  return total;
}

void Run::sum_over_processes(double& loss) {
  if (processes_.size() == 1) return;
  std::vector<Tensor> tensors{at::tensor({loss}, at::kDouble)};
  for (const nn::Parameter& p : optimizer_.parameters()) {
    if (!p.options.trainable) continue;
    Tensor& grad = p.tensor.mutable_grad();
    // A process whose share was empty, or did not touch the parameter, still takes part.
    if (!grad.defined()) grad = at::zeros_like(p.tensor);
    tensors.push_back(nn::real_view(grad));
  }
  processes_.sum(tensors);
  loss = tensors[0].item<double>();
}

double Run::one_step() {
  const Tensor examples = batch_of(state_.step);
  double loss = 0.0;
  optimizer_.zero_gradients();
  together([&] { loss = accumulate_gradients(examples); });
  sum_over_processes(loss);
  require(std::isfinite(loss),
          "train: the loss is {} at step {}; a smaller rate or clean data may help", loss,
          state_.step);
  if (options_.clip > 0.0) optimizer_.clip_gradients(options_.clip);
  const double factor = nn::schedule_factor(options_.schedule, state_.step, plan_.steps);
  optimizer_.step(factor);
  ++state_.step;
  note_loss(loss, examples.size(0));
  const double rate = static_cast<double>(state_.step * plan_.batch) / std::max(seconds(), 1e-9);
  progress_.at(state_.step,
               {{"loss", loss}, {"lr", factor * options_.optimizer.lr}, {"examples/s", rate}});
  return loss;
}

void Run::note_loss(double loss, int64_t examples) {
  state_.loss_sum += loss * static_cast<double>(examples);
  state_.loss_examples += examples;
  if (state_.step % plan_.steps_per_loss == 0 || state_.step == plan_.steps) {
    state_.losses.push_back(state_.loss_sum / static_cast<double>(state_.loss_examples));
    state_.loss_sum = 0.0;
    state_.loss_examples = 0;
  }
}

void Run::validate() {
  std::vector<Tensor> outcome{at::zeros({2}, at::kDouble)};  // is there one, its value
  together([&] {
    if (processes_.rank() != 0) return;
    const at::NoGradGuard no_grad;
    const std::optional<double> value = objective_.validate();
    if (value) outcome[0] = at::tensor({1.0, *value}, at::kDouble);
  });
  processes_.broadcast(outcome);
  if (outcome[0][0].item<double>() == 0.0) return;
  const double value = outcome[0][1].item<double>();
  require(std::isfinite(value), "train: the validation is {} after step {}", value, state_.step);
  state_.validations.push_back(value);
  if (!state_.best || value < *state_.best) {
    state_.best = value;
    state_.without_gain = 0;
    if (options_.keep_best) state_.best_weights = nn::copy_of(optimizer_.parameters());
  } else {
    ++state_.without_gain;
  }
}

bool Run::out_of_time() {
  return options_.time_limit_seconds > 0.0 &&
         processes_.any(seconds() >= options_.time_limit_seconds);
}

void Run::save() const {
  if (options_.checkpoint.empty() || processes_.rank() != 0) return;
  TrainState state = state_;
  state.seconds = seconds();
  save_train_state(options_.checkpoint, plan_, rng_, optimizer_, state);
}

TrainResult Run::train() {
  begin();
  bool stopped = false;
  while (state_.step < plan_.steps && !state_.ended) {
    // The first step is always done, so that there is something to keep.
    if (state_.step > 0 && processes_.any(progress_.stop_requested())) {
      stopped = true;
      break;
    }
    one_step();
    const bool last = state_.step == plan_.steps;
    const bool timeout = !last && out_of_time();
    if (last || timeout || state_.step % plan_.validate_every == 0) validate();
    const bool hopeless = options_.patience > 0 && state_.without_gain >= options_.patience;
    state_.ended = last || timeout || hopeless;
    if (state_.ended || state_.step % std::max<int64_t>(options_.checkpoint_every, 1) == 0)
      together([&] { save(); });
  }
  if (stopped) together([&] { save(); });
  optimizer_.zero_gradients();
  if (!state_.best_weights.empty()) nn::copy_values(optimizer_.parameters(), state_.best_weights);
  return {state_.step,   state_.step / plan_.steps_per_epoch,
          state_.losses, state_.validations,
          state_.best,   seconds(),
          stopped};
}

}  // namespace

TrainResult train(Objective& objective, const TrainOptions& options, Rng rng, Progress& progress,
                  nn::Collective& processes) {
  keep_freed_memory();
  return Run(objective, options, rng, progress, processes).train();
}

}  // namespace offprint::tasks
