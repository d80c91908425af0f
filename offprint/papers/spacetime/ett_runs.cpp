#include "offprint/papers/spacetime/ett_runs.h"

#include <algorithm>
#include <limits>

#include "offprint/core/clock.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/forecast.h"
#include "offprint/tasks/sequence_forecasters.h"
#include "offprint/tasks/spacetime_forecaster.h"

namespace offprint::papers::spacetime {
namespace {

constexpr int64_t kDay = 24;  // rows

tasks::SeriesSplit split_of(const data::Series& series) {
  return tasks::split_by_months(series, 12, 4, 4);
}

tasks::ForecastShape shape_of(const Options& o, int64_t horizon) {
  return {.lookback = o.ett_lookback, .horizon = horizon, .season = kDay};
}

tasks::MethodOptions network_options(const Options& o) {
  tasks::MethodOptions m;
  m.steps = o.ett_steps, m.batch = o.ett_batch, m.lr = o.lr, m.dropout = o.dropout;
  m.width = o.width, m.depth = o.depth, m.states = o.states, m.centre = o.ett_centre;
  m.device = o.device;
  return m;
}

// Of the linear rivals as their authors train them.
tasks::MethodOptions linear_options(const Options& o) {
  tasks::MethodOptions m;
  m.device = o.device;
  return m;
}

int64_t parameters_of_spacetime(const Options& o, int64_t horizon) {
  return nn::parameter_count(
      tasks::make_spacetime(shape_of(o, horizon), network_options(o))->state());
}

// A sequence model with as many parameters as SpaceTime.
models::SequenceOptions rival(const std::string& kind, const Options& o, int64_t horizon) {
  tasks::MethodOptions m = network_options(o);
  m.depth = kind == "lstm" ? 1 : 2;
  models::SequenceOptions options = tasks::sequence_options(kind, shape_of(o, horizon), m);
  options.width = models::width_for_budget(options, parameters_of_spacetime(o, horizon));
  return options;
}

tasks::MethodOptions options_of(const std::string& method, const Options& o, int64_t horizon) {
  if (method == "spacetime") return network_options(o);
  if (method != "s4d" && method != "lstm" && method != "transformer") return linear_options(o);
  tasks::MethodOptions m = network_options(o);
  const models::SequenceOptions sized = rival(method, o, horizon);
  m.width = sized.width, m.depth = sized.depth;
  return m;
}

// Counts the seconds between validations.
class Timed : public tasks::Objective {
 public:
  Timed(tasks::WindowObjective objective, RaceRun& run)
      : objective_(std::move(objective)), run_(run) {}
  nn::Parameters parameters() override { return objective_.parameters(); }
  int64_t size() const override { return objective_.size(); }
  Tensor loss(const Tensor& examples, Rng& rng) override { return objective_.loss(examples, rng); }
  std::optional<double> validate() override {
    seconds_ += watch_.seconds();
    const std::optional<double> mse = objective_.validate();
    run_.seconds.push_back(seconds_), run_.mse.push_back(*mse);
    watch_.restart();
    return mse;
  }

 private:
  tasks::WindowObjective objective_;
  RaceRun& run_;
  double seconds_ = 0;
  Stopwatch watch_;
};

RaceRun race(tasks::WindowObjective objective, const std::string& method, const Options& o,
             const Rng& rng, Progress& progress) {
  RaceRun run;
  run.method = method, run.parameters = nn::parameter_count(objective.parameters());
  Timed timed(std::move(objective), run);
  tasks::TrainOptions training;
  training.steps = o.race_steps, training.batch = o.ett_batch;
  training.validate_every = std::max<int64_t>(1, o.race_steps / 20);
  training.optimizer.lr = o.lr, training.optimizer.weight_decay = 0;
  training.name = "race: " + method;
  tasks::train(timed, training, rng, progress);
  progress.throw_if_stopped();
  return run;
}

}  // namespace

std::vector<HorizonRun> run_horizons(const data::Series& series, const Options& o, const Rng& rng,
                                     Progress& progress) {
  std::vector<std::string> methods = {"spacetime", "nlinear", "ridge", "seasonal-naive"};
  if (o.rivals) methods.insert(methods.end(), {"dlinear", "s4d", "lstm", "transformer"});
  const tasks::SeriesSplit split = split_of(series);
  std::vector<HorizonRun> runs;
  for (const int64_t horizon : ett_horizons(o)) {
    HorizonRun run{horizon, {}};
    for (const std::string& method : methods)
      for (int64_t seed = 0; seed < o.seeds; ++seed) {
        if (seed > 0 && !tasks::find_forecast_method(method).draws) break;
        const auto fitted = tasks::fit_forecaster(
            series, split, method, shape_of(o, horizon), options_of(method, o, horizon),
            rng.split(method).split(static_cast<uint64_t>(seed)), progress);
        progress.throw_if_stopped();
        run.mse[method].push_back(
            tasks::score(fitted, series, split.train + split.validation, split.rows()).mse);
      }
    for (const std::string& method : methods)
      progress.say(fmt::format("ETTh1, {} hours: {} {}", horizon, method,
                               number_text(mean(run.mse[method]))));
    runs.push_back(std::move(run));
  }
  return runs;
}

LongerRun run_longer(const data::Series& series, const Options& o, const Rng& rng,
                     Progress& progress) {
  const tasks::SeriesSplit split = split_of(series);
  LongerRun run;
  for (int64_t seed = 0; seed < o.seeds; ++seed)
    for (const int64_t horizon : {run.trained, run.asked}) {
      tasks::FittedForecaster fitted = tasks::fit_forecaster(
          series, split, "spacetime", shape_of(o, horizon), network_options(o),
          rng.split(static_cast<uint64_t>(seed)), progress);
      progress.throw_if_stopped();
      tasks::serve_horizon(fitted, run.asked);
      const auto score = tasks::score(fitted, series, split.train + split.validation, split.rows());
      (horizon == run.trained ? run.shorter : run.longer).push_back(score.mse);
      if (seed == 0)
        (horizon == run.trained ? run.by_step : run.reference_by_step) = score.mse_by_step;
    }
  return run;
}

std::vector<RaceRun> run_race(const data::Series& series, const Options& o, const Rng& rng,
                              Progress& progress) {
  constexpr int64_t kHorizon = 96, kJudged = 600;  // windows of validation
  const tasks::SeriesSplit split = split_of(series);
  const tasks::Standardizer scale = tasks::standardizer_of(series.values.slice(0, 0, split.train));
  const tasks::ForecastRows rows{
      tasks::standardized(scale, series.values.slice(0, 0, split.train + kHorizon + kJudged)),
      split.train};
  const tasks::ForecastShape shape = shape_of(o, kHorizon);
  const at::Device device = parse_device(o.device);
  Rng init = rng.split("init");
  std::vector<RaceRun> runs;
  models::SpaceTime own =
      models::make_spacetime(tasks::spacetime_options(shape, network_options(o)), init);
  nn::move_to(own, device);
  runs.push_back(race(tasks::spacetime_objective(own, rows, shape, device), "spacetime", o,
                      rng.split("train"), progress));
  for (const char* kind : {"transformer", "lstm"}) {
    models::SequenceModel model = models::make_sequence_model(rival(kind, o, kHorizon), init);
    nn::move_to(model, device);
    runs.push_back(race(tasks::sequence_window_objective(model, rows, shape, o.ett_centre, device),
                        kind, o, rng.split("train"), progress));
  }
  return runs;
}

double seconds_to(const RaceRun& run, double mse) {
  for (size_t i = 0; i < run.mse.size(); ++i)
    if (run.mse[i] <= mse) return run.seconds[i];
  return std::numeric_limits<double>::infinity();
}

}  // namespace offprint::papers::spacetime
