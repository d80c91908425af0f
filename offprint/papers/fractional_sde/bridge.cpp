#include "offprint/papers/fractional_sde/bridge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "offprint/core/numbers.h"
#include "offprint/kernels/fractional_filter.h"
#include "offprint/models/fractional_path.h"
#include "offprint/nn/optimizer.h"

namespace offprint::papers::fractional_sde {
namespace {

double mean_log_density(const Tensor& x, const BridgeOptions& o) {
  return (-0.5 * ((x - o.seen) / o.noise).pow(2)).mean().item<double>() -
         0.5 * std::log(2 * std::numbers::pi * o.noise * o.noise);
}

models::RollOptions roll_options(const models::TimedControl& control, const BridgeOptions& o,
                                 int64_t keep_every) {
  return {.steps = o.steps,
          .keep_every = keep_every,
          .start_mean = control.start_mean,
          .start_log_spread = control.start_log_spread};
}

models::TimedControl learn(const models::FractionalEquation& e, const BridgeOptions& o, Rng rng,
                           Progress& progress) {
  Rng init = rng.split("init");
  models::TimedControl control =
      models::make_timed_control(e.driver, 1, o.steps, o.knots, o.hidden, init);
  nn::Optimizer optimizer(nn::parameters_of(control),
                          {.kind = "adam", .lr = o.lr, .weight_decay = 0});
  const models::Control u = [&](int64_t i, const Tensor& x, const Tensor& y) {
    return models::forward(control, i, x, y);
  };
  for (int64_t step = 0; step < o.train_steps; ++step) {
    optimizer.zero_gradients();
    const models::Rolled r =
        models::roll_out(e, u, at::zeros({o.paths, 1}), roll_options(control, o, o.steps),
                         rng.split("train").split(static_cast<uint64_t>(step)));
    const Tensor loss = r.cost.mean() + (0.5 * ((r.x[1] - o.seen) / o.noise).pow(2)).mean();
    loss.backward();
    optimizer.clip_gradients(10);
    const double share = static_cast<double>(step) / static_cast<double>(o.train_steps);
    optimizer.step(0.5 * (1 + std::cos(std::numbers::pi * share)));
    progress.at(step + 1, {{"loss", loss.item<double>()}});
    progress.throw_if_stopped();
  }
  return control;
}

struct Errors {
  double mean = 0, variance = 0;
};
Errors errors(const Bridge& b, const std::vector<double>& mean,
              const std::vector<double>& deviation) {
  double square = 0, prior = 0, relative = 0, count = 0;
  const double widest = *std::max_element(b.true_deviation.begin(), b.true_deviation.end());
  for (size_t i = 1; i < mean.size(); ++i) {
    square += std::pow(mean[i] - b.true_mean[i], 2), prior += b.prior[i] * b.prior[i];
    if (b.true_deviation[i] < 0.05 * widest) continue;
    relative += std::abs(std::pow(deviation[i] / b.true_deviation[i], 2) - 1), count += 1;
  }
  return {std::sqrt(square / prior), relative / count};
}

}  // namespace

Tensor bridge_covariance(double hurst, double pull, double horizon, int64_t steps) {
  // X = B - pull int exp(-pull (t-s)) B(s) ds by the trapezium rule, on eight times finer steps.
  constexpr int64_t kFiner = 8;
  const int64_t n = steps * kFiner;
  const double h = horizon / static_cast<double>(n), p = 2 * hurst;
  const Tensor t = at::arange(n + 1, at::kDouble) * h;
  const Tensor lag = t.unsqueeze(1) - t;
  const Tensor b = 0.5 * (t.pow(p).unsqueeze(1) + t.pow(p) - lag.abs().pow(p));
  Tensor memory = (-pull * lag).exp() * (lag >= 0).to(at::kDouble);
  memory.diagonal().mul_(0.5);  // ends of the rule; B(0) = 0 needs none
  const Tensor map = at::eye(n + 1, at::kDouble) - pull * h * memory;
  const Tensor x = map.matmul(b).matmul(map.t());
  const Tensor kept = at::arange(0, n + 1, kFiner, at::kLong);
  return x.index_select(0, kept).index_select(1, kept);
}

Bridge run_bridge(double hurst, const BridgeOptions& o, Rng rng, Progress& progress) {
  const kernels::MarkovFbm m = kernels::make_mfbm(hurst, static_cast<int>(o.terms), o.horizon);
  const double dt = o.horizon / static_cast<double>(o.steps);
  const models::FractionalEquation e{
      .driver = nn::make_driver(m, dt, at::kFloat),
      .weights = at::tensor(m.weights, at::kDouble).to(at::kFloat),
      .drift = [pull = o.pull](double, const Tensor& x) { return -pull * x; },
      .diffusion = [](const Tensor& x) { return at::ones_like(x); }};
  progress.start(fmt::format("bridge, H {:.1f}", hurst), o.train_steps);
  const models::TimedControl control = learn(e, o, rng, progress);

  Bridge b;
  const at::NoGradGuard no_grad;
  const models::Rolled r = models::roll_out(
      e,
      [&](int64_t i, const Tensor& x, const Tensor& y) {
        return models::forward(control, i, x, y);
      },
      at::zeros({o.judged_paths, 1}), roll_options(control, o, 1), rng.split("judged"));
  const Tensor x = r.x.squeeze(2).to(at::kDouble);  // (steps+1,P)
  b.bound = mean_log_density(x[o.steps], o) - r.cost.mean().item<double>();
  b.time = numbers(at::arange(o.steps + 1, at::kDouble) * dt);
  b.mean = numbers(x.mean(1)), b.deviation = numbers(x.var(1).sqrt());
  for (int64_t path = 0; path < std::min<int64_t>(8, o.judged_paths); ++path)
    b.paths.push_back(numbers(x.select(1, path)));

  const Tensor prior = bridge_covariance(hurst, o.pull, o.horizon, o.steps);
  const Tensor to_end = prior.select(1, o.steps);
  const double spread = to_end[o.steps].item<double>() + o.noise * o.noise;
  b.true_mean = numbers(to_end * (o.seen / spread));
  b.true_deviation = numbers((prior.diagonal() - to_end * to_end / spread).clamp_min(0).sqrt());
  b.prior = numbers(prior.diagonal().clamp_min(0).sqrt());

  // The same Markov model's posterior in closed form: how much of what is off is the control's. Its
  // start is known: a noise as small as the filter bears.
  std::vector<double> values(static_cast<size_t>(o.steps) + 1,
                             std::numeric_limits<double>::quiet_NaN());
  values.front() = 0, values.back() = o.seen;
  kernels::FractionalLine line{.driver = m, .dt = dt, .pull = o.pull, .noise = o.noise * o.noise};
  line.start_known = true;
  const kernels::Guide guide = kernels::guide_to(line, values);
  b.evidence = guide.log_evidence;
  b.guided_mean = numbers(guide.mean), b.guided_deviation = numbers(guide.variance.sqrt());

  const Errors learnt = errors(b, b.mean, b.deviation);
  const Errors exact = errors(b, b.guided_mean, b.guided_deviation);
  b.mean_error = learnt.mean, b.variance_error = learnt.variance;
  b.guided_mean_error = exact.mean, b.guided_variance_error = exact.variance;
  return b;
}

}  // namespace offprint::papers::fractional_sde
