#include "offprint/papers/icl_forecasting/rollout_runs.h"

#include <cmath>

#include "offprint/models/one_layer_attention.h"
#include "offprint/tasks/one_step_training.h"

namespace offprint::papers::icl_forecasting {
namespace {

constexpr int64_t kSteps = 100, kDeepWindows = 1000;

// Models trained on windows divided by `spread`, asked in the series' units.
tasks::NextValue scaled(const models::HankelAttention& model, double spread) {
  return [model, spread](const Tensor& x) { return tasks::foretell(model, x / spread) * spread; };
}

void run_deep(RolloutRun& run, const Tensor& train, const Tensor& judge, const Options& o,
              int64_t p, const Rng& rng, Progress& progress) {
  const double spread = std::sqrt(run.variance);
  const tasks::OneStepData data{.train = train / spread};
  const tasks::OneStepOptions training{.steps = o.depth_steps, .batch = 256, .lr = o.depth_lr};
  const auto by_depth = tasks::train_by_depth(data, p, 3, training, rng.split("depth"), progress);
  Rng init = rng.split("softmax");
  models::HankelAttention softmax = models::make_hankel_attention(
      {.lags = p, .depth = 1, .attention = "softmax", .init = 0.3}, init);
  tasks::train_one_step(softmax, data, training, "training softmax attention",
                        rng.split("softmax training"), progress);
  const Tensor few = judge.slice(0, 0, kDeepWindows), context = few.slice(1, 0, run.n + p);
  const auto add = [&](const char* name, const models::HankelAttention& model) {
    progress.throw_if_stopped();
    run.scores[name] = tasks::score_rollout(tasks::roll_out(scaled(model, spread), context, kSteps),
                                            few.slice(1, run.n + p), spread);
  };
  add("LSA-3", by_depth.back());
  add("softmax", softmax);
}

}  // namespace

RolloutRun run_rollout(const NamedProcess& named, int64_t n, bool deep, const Options& o,
                       const Rng& rng, Progress& progress) {
  progress.start(fmt::format("feeding forecasts back, {}, n {}", named.name, n));
  const worlds::LinearProcess& process = named.process;
  const auto p = static_cast<int64_t>(process.rho.size());
  RolloutRun run;
  run.process = named.name, run.n = n, run.windows = o.windows / 2;
  run.radius = worlds::spectral_radius(process.rho);
  run.variance = worlds::autocovariances(process, 0)[0];
  const double spread = std::sqrt(run.variance);
  Rng draw = rng.split("train"), other = rng.split("judge");
  const Tensor train = worlds::sample_windows(process, run.windows, n + p + 1, draw);
  const Tensor judge = worlds::sample_windows(process, run.windows, n + p + kSteps, other);
  const Tensor context = judge.slice(1, 0, n + p), truth = judge.slice(1, n + p);

  const kernels::CubicMoments moments = kernels::sample_cubic_moments(train, p);
  const models::OneLayerAttention layer = models::fit_alternating(moments, rng.split("fit")).layer;
  const Tensor own = tasks::roll_out(layer, context, kSteps);
  const Tensor bayes =
      tasks::roll_out(tasks::linear_rule(worlds::coefficients(process)), context, kSteps);
  const auto add = [&](const char* name, const Tensor& forecasts) {
    run.scores[name] = tasks::score_rollout(forecasts, truth, spread);
  };
  add("bayes", bayes);
  add("linear, fitted",
      tasks::roll_out(tasks::linear_rule(kernels::linear_coefficients(moments)), context, kSteps));
  add("LSA-1", own);
  add("LSA-1, clamped", tasks::roll_out(layer, context, kSteps, 4 * spread));
  for (int64_t h = 0; h < kSteps; ++h) {
    const Tensor at_h = truth.select(1, h);
    const Excess behind =
        mean_with_error((own.select(1, h) - at_h).square() - (bayes.select(1, h) - at_h).square());
    run.behind_bayes.push_back(behind.mean / behind.standard_error);
  }
  if (deep) run_deep(run, train, judge, o, p, rng, progress);
  return run;
}

}  // namespace offprint::papers::icl_forecasting
