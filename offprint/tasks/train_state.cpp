#include "offprint/tasks/train_state.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/nn/checkpoint.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kStepsPerLoss = 100;  // where the run is told its steps, not its epochs

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / "checkpoint.safetensors";
}

// What must be the same for a resumed run to continue the interrupted one.
Json identity(const TrainPlan& plan, const Rng& rng) {
  return {{"seed", {rng.state().key, rng.state().counter}},
          {"examples", plan.examples},
          {"batch", plan.batch},
          {"accumulate", plan.accumulate},
          {"steps", plan.steps},
          {"optimizer", plan.optimizer.kind},
          {"lr", plan.optimizer.lr},
          {"weight-decay", plan.optimizer.weight_decay}};
}

Json to_json(const TrainState& s) {
  return {{"step", s.step},
          {"loss_sum", s.loss_sum},
          {"loss_examples", s.loss_examples},
          {"losses", s.losses},
          {"validations", s.validations},
          {"best", s.best ? Json(*s.best) : Json()},
          {"without_gain", s.without_gain},
          {"seconds", s.seconds},
          {"ended", s.ended}};
}

TrainState state_from_json(const Json& json, const std::string& source) {
  TrainState s;
  s.step = json_get<int64_t>(json, "step", source);
  s.loss_sum = json_get<double>(json, "loss_sum", source);
  s.loss_examples = json_get<int64_t>(json, "loss_examples", source);
  s.losses = json_get<std::vector<double>>(json, "losses", source);
  s.validations = json_get<std::vector<double>>(json, "validations", source);
  if (json.contains("best") && !json["best"].is_null())
    s.best = json_get<double>(json, "best", source);
  s.without_gain = json_get<int64_t>(json, "without_gain", source);
  s.seconds = json_get<double>(json, "seconds", source);
  s.ended = json_get<bool>(json, "ended", source);
  return s;
}

void append(nn::Parameters& to, const nn::Parameters& from, const char* prefix) {
  for (nn::Parameter& p : nn::add_prefix(from, prefix)) to.push_back(std::move(p));
}

// The best weights under the parameters' names.
nn::Parameters named(const nn::Parameters& parameters, const std::vector<Tensor>& values) {
  nn::Parameters out;
  for (size_t i = 0; i < values.size(); ++i) out.push_back({parameters[i].name, values[i], {}});
  return out;
}

}  // namespace

TrainPlan make_plan(int64_t examples, const TrainOptions& o) {
  require(examples > 0, "train: no training examples");
  require(o.batch > 0, "train: batch is {}, expected > 0", o.batch);
  require(o.accumulate > 0, "train: accumulate is {}, expected > 0", o.accumulate);
  require(o.steps > 0 || o.epochs > 0, "train: epochs is {}, expected > 0", o.epochs);
  TrainPlan plan;
  plan.examples = examples;
  plan.batch = std::min(o.batch, examples);
  plan.accumulate = o.accumulate;
  plan.steps_per_epoch = (examples + plan.batch - 1) / plan.batch;
  plan.steps = o.steps > 0 ? o.steps : o.epochs * plan.steps_per_epoch;
  plan.steps_per_loss = o.steps > 0 ? kStepsPerLoss : plan.steps_per_epoch;
  plan.validate_every = o.validate_every > 0 ? o.validate_every : plan.steps_per_epoch;
  plan.optimizer = o.optimizer;
  return plan;
}

void save_train_state(const std::filesystem::path& folder, const TrainPlan& plan, const Rng& rng,
                      const nn::Optimizer& optimizer, const TrainState& state) {
  nn::Parameters tensors;
  append(tensors, optimizer.parameters(), "model.");
  append(tensors, optimizer.state(), "optimizer.");
  append(tensors, named(optimizer.parameters(), state.best_weights), "best.");
  nn::save_checkpoint(file_in(folder), {{"run", identity(plan, rng)}, {"state", to_json(state)}},
                      tensors);
}

std::optional<TrainState> load_train_state(const std::filesystem::path& folder,
                                           const TrainPlan& plan, const Rng& rng,
                                           nn::Optimizer& optimizer) {
  const std::filesystem::path file = file_in(folder);
  if (!std::filesystem::exists(file)) return std::nullopt;
  const nn::Checkpoint checkpoint = nn::load_checkpoint(file);
  const std::string source = file.string();
  const Json run = json_get<Json>(checkpoint.about, "run", source), expected = identity(plan, rng);
  for (const auto& [key, value] : expected.items())
    require(run.contains(key) && run[key] == value,
            "{}: made by a run with {} {}, this one has {}; give another folder or remove it",
            source, key, run.contains(key) ? run[key].dump() : "unknown", value.dump());
  TrainState state = state_from_json(json_get<Json>(checkpoint.about, "state", source), source);
  if (!nn::with_prefix(checkpoint, "best.").empty()) {
    state.best_weights = nn::copy_of(optimizer.parameters());
    nn::restore(named(optimizer.parameters(), state.best_weights), checkpoint, "best.");
  }
  nn::restore(optimizer.parameters(), checkpoint, "model.");
  nn::restore(optimizer.state(), checkpoint, "optimizer.");
  return state;
}

}  // namespace offprint::tasks
