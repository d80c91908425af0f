#include "offprint/papers/spacetime/ar_runs.h"

#include <cmath>

#include "offprint/core/numbers.h"
#include "offprint/kernels/companion.h"
#include "offprint/models/spacetime.h"
#include "offprint/nn/s4d.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/forecast.h"
#include "offprint/tasks/sequence_forecasters.h"
#include "offprint/tasks/spacetime_forecaster.h"
#include "offprint/worlds/linear_process.h"

namespace offprint::papers::spacetime {
namespace {

const tasks::ForecastShape kShape{.lookback = kArWindow, .horizon = kArWindow};

data::Series series_of(const ArProcess& process) {
  data::Series series;
  series.source = "process", series.names = {"x"};
  series.values = at::tensor(process.x, at::kDouble).unsqueeze(1);
  return series;
}

// The mean of the future given the past, (W,L) -> (W,horizon).
Tensor oracle(const std::vector<double>& phi, const Tensor& history) {
  const auto p = static_cast<int64_t>(phi.size());
  const Tensor coefficients = at::tensor(phi, at::kDouble).flip(0);  // oldest first
  Tensor past = history.slice(1, -p);
  std::vector<Tensor> ahead;
  for (int64_t h = 0; h < kArWindow; ++h) {
    ahead.push_back((past * coefficients).sum(1, true));
    past = at::cat({past.slice(1, 1), ahead.back()}, 1);
  }
  return at::cat(ahead, 1);
}

void add_oracle(ArRun& run, const ArProcess& process, const tasks::SeriesSplit& split,
                double spread) {
  const Tensor values = at::tensor(process.x, at::kDouble).unsqueeze(1);
  const Tensor w =
      tasks::windows(values, split.train + split.validation, split.rows(), kArWindow, kArWindow)
          .squeeze(2);
  const Tensor guess = oracle(process.phi, w.slice(1, 0, kArWindow));
  const Tensor by_step =
      ((guess - w.slice(1, kArWindow)) / spread).square().mean(at::IntArrayRef{0});
  run.mse["oracle"].push_back(by_step.mean().item<double>());
  if (!run.by_step.contains("oracle")) {
    run.by_step["oracle"] = numbers(by_step), run.example["oracle"] = numbers(guess[0]);
    run.past = numbers(w[0].slice(0, 0, kArWindow));
    run.truth = numbers(w[0].slice(0, kArWindow));
  }
}

tasks::MethodOptions network_options(const Options& o) {
  tasks::MethodOptions m;
  m.epochs = o.ar_epochs, m.lr = o.lr, m.width = o.width, m.depth = 1, m.states = o.states;
  m.dropout = 0, m.centre = "mean", m.device = o.device;
  return m;
}

// Those of S4D with as many parameters as SpaceTime has.
tasks::MethodOptions s4d_options(const tasks::MethodOptions& spacetime) {
  const int64_t budget = nn::parameter_count(tasks::make_spacetime(kShape, spacetime)->state());
  tasks::MethodOptions m = spacetime;
  m.depth = 2;
  m.width = models::width_for_budget(tasks::sequence_options("s4d", kShape, m), budget);
  return m;
}

// Trains a layer (1,1,L) -> (1,1,L) to say the next value; the first lags do not count.
class CopyObjective : public tasks::Objective {
 public:
  using Map = std::function<Tensor(const Tensor&)>;
  CopyObjective(nn::Parameters parameters, Map map, Tensor sequences)
      : parameters_(std::move(parameters)), map_(std::move(map)), x_(std::move(sequences)) {}
  nn::Parameters parameters() override { return parameters_; }
  int64_t size() const override { return x_.size(0); }
  Tensor loss(const Tensor& examples, Rng&) override {
    const Tensor x = x_.index_select(0, examples), y = map_(x.slice(2, 0, -1));
    return (y - x.slice(2, 1)).slice(2, kArWindow).square().mean();
  }

 private:
  nn::Parameters parameters_;
  Map map_;
  Tensor x_;  // (N,1,L)
};

// Relative L2 distance of the layer's first 64 taps from phi.
double copy_error(const Tensor& taps, const std::vector<double>& phi) {
  Tensor wanted = at::zeros({kArWindow}, at::kDouble);
  wanted.slice(0, 0, static_cast<int64_t>(phi.size())).copy_(at::tensor(phi, at::kDouble));
  return relative_error(taps.view(-1), wanted);
}

void train_copy(CopyObjective& objective, const char* what, const Options& o, const Rng& rng,
                Progress& progress) {
  tasks::TrainOptions training;
  training.steps = o.copy_steps, training.batch = 16;
  training.optimizer.lr = o.copy_lr, training.optimizer.weight_decay = 0;
  training.name = what;
  tasks::train(objective, training, rng, progress);
  progress.throw_if_stopped();
}

}  // namespace

ArProcess make_process(int64_t order, int64_t rows, Rng rng) {
  constexpr worlds::RootPair kRoots[] = {{0.98, 0.4}, {0.97, 1.3}, {0.95, 2.3}};
  ArProcess process;
  process.phi = worlds::rho_from_roots(std::span(kRoots).first(static_cast<size_t>(order / 2)));
  process.x = worlds::sample_path({.rho = process.phi}, rows, rng);
  return process;
}

ArRun run_process(int64_t order, const Options& o, const Rng& rng, Progress& progress) {
  ArRun run;
  run.order = order;
  for (int64_t seed = 0; seed < o.seeds; ++seed) {
    const Rng draw = rng.split(static_cast<uint64_t>(seed));
    const ArProcess process = make_process(order, o.ar_rows, draw.split("process"));
    const data::Series series = series_of(process);
    const tasks::SeriesSplit split = tasks::split_by_share(o.ar_rows, 0.1, 0.2);
    const tasks::MethodOptions own = network_options(o), s4d = s4d_options(own);
    for (const char* method : {"spacetime", "s4d", "ar", "arima", "ridge"}) {
      const tasks::FittedForecaster fitted = tasks::fit_forecaster(
          series, split, method, kShape, std::string_view(method) == "s4d" ? s4d : own,
          draw.split(method), progress);
      progress.throw_if_stopped();
      const auto score =
          tasks::score(fitted, series, split.train + split.validation, series.length());
      run.mse[method].push_back(score.mse);
      if (run.by_step.contains(method)) continue;
      run.by_step[method] = score.mse_by_step;
      const Tensor history = series.values.slice(0, 0, split.train + split.validation);
      run.example[method] = numbers(tasks::forecast(fitted, history).mean);
    }
    const tasks::Standardizer scale =
        tasks::standardizer_of(series.values.slice(0, 0, split.train));
    add_oracle(run, process, split, scale.spread.item<double>());
    progress.say(fmt::format("AR({}): SpaceTime {}, true coefficients {}", order,
                             number_text(run.mse["spacetime"].back()),
                             number_text(run.mse["oracle"].back())));
  }
  return run;
}

CopyRun run_copies(int64_t order, const Options& o, const Rng& rng, Progress& progress) {
  constexpr int64_t kSequences = 256, kLength = 512;
  CopyRun run;
  for (int64_t seed = 0; seed < o.seeds; ++seed) {
    const Rng draw = rng.split(static_cast<uint64_t>(seed));
    const ArProcess process = make_process(order, kSequences * kLength, draw.split("process"));
    const Tensor x = at::tensor(process.x, at::kFloat).view({kSequences, 1, kLength});
    const Tensor sequences = x / x.std();
    Rng init = draw.split("init");

    nn::CompanionSsm ssm = nn::make_companion_ssm(1, order, init);
    ssm.D = Tensor();
    ssm.a.zero_(), ssm.B.zero_(), ssm.B.select(1, 0).fill_(1);  // a shift register, C drawn
    CopyObjective companion(
        nn::parameters_of(ssm), [&](const Tensor& u) { return nn::convolve(ssm, u); }, sequences);
    train_copy(companion, "one companion state space copies", o, draw.split("train"), progress);
    const at::NoGradGuard no_grad;
    const Tensor taps = kernels::companion_filter(nn::stable_column(ssm), ssm.B, ssm.C, kArWindow);
    run.companion.push_back(copy_error(taps, process.phi));

    nn::S4DOptions diagonal;
    diagonal.d_model = 1, diagonal.d_state = order, diagonal.ssm_lr = o.copy_lr;
    nn::S4D s4d = nn::make_s4d(diagonal, init);
    CopyObjective rival(
        nn::parameters_of(s4d), [&](const Tensor& u) { return nn::convolve(s4d, u); }, sequences);
    train_copy(rival, "one diagonal state space copies", o, draw.split("train"), progress);
    Tensor rival_taps = nn::kernel(s4d, kArWindow).clone();
    rival_taps.select(1, 0).add_(s4d.D);
    run.s4d.push_back(copy_error(rival_taps, process.phi));
    if (seed == 0)
      run.phi = process.phi, run.filter = numbers(taps.view(-1).slice(0, 0, order + 2));
  }
  return run;
}

}  // namespace offprint::papers::spacetime
