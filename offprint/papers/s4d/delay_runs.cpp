#include "offprint/papers/s4d/delay_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/kernels/fft_conv.h"
#include "offprint/tasks/delay.h"

namespace offprint::papers::s4d {
namespace {

constexpr int64_t kTrainSequences = 512, kTestSequences = 64, kBatch = 8;

// The layer on one input, its channels summed by `mix`: convolution is linear, so the kernels are
// summed first and convolved once.
struct LinearModel {
  nn::S4D layer;
  Tensor mix;  // (H)
};
void visit(LinearModel& m, auto&& param) {
  param("layer", m.layer);
  param("mix", m.mix);
}

Tensor forward(const LinearModel& m, const Tensor& u) {
  const Tensor k = at::matmul(m.mix.unsqueeze(0), kernel(m.layer, u.size(2)));  // (1,L)
  return kernels::fft_conv(u, k) + (m.mix * m.layer.D).sum() * u;
}

LinearModel make_model(const DelayCase& setting, const Options& o, Rng rng) {
  nn::S4DOptions layer;
  layer.d_model = o.delay_channels, layer.d_state = o.delay_state;
  layer.init = setting.init, layer.discretization = setting.rule;
  layer.real_part = setting.real_part, layer.train_b = setting.train_b;
  LinearModel model{nn::make_s4d(layer, rng), {}};
  model.mix = rng.normal({o.delay_channels}) / std::sqrt(static_cast<double>(o.delay_channels));
  return model;
}

double trained_error(const DelayCase& setting, const Options& o, const Rng& rng,
                     Progress& progress) {
  const tasks::DelayOptions task{o.delay_length, o.delay_lag, o.delay_band};
  Rng train_noise = rng.split("noise"), test_noise = rng.split("test");
  const at::Device device = parse_device(o.device);
  LinearModel model = make_model(setting, o, rng.split("init"));
  nn::move_to(model, device);
  tasks::DelayObjective objective(
      nn::parameters_of(model), [&](const Tensor& u) { return forward(model, u); },
      to(tasks::make_delay(task, kTrainSequences, train_noise), device));
  tasks::TrainOptions training;
  training.steps = o.delay_steps, training.batch = kBatch;
  training.optimizer.lr = 0.02, training.optimizer.weight_decay = 0;
  training.name =
      fmt::format("delay task, {} {} {}", setting.init, setting.rule, setting.real_part);
  tasks::train(objective, training, rng.split("train"), progress);
  progress.throw_if_stopped();
  const at::NoGradGuard no_grad;
  const tasks::DelayData test = to(tasks::make_delay(task, kTestSequences, test_noise), device);
  return tasks::delay_error(forward(model, test.u), test);
}

}  // namespace

double DelayRun::mean() const {
  return std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(errors.size());
}
double DelayRun::least() const { return *std::min_element(errors.begin(), errors.end()); }
double DelayRun::most() const { return *std::max_element(errors.begin(), errors.end()); }

std::vector<DelayRun> run_delays(const std::vector<DelayCase>& settings, const Options& options,
                                 int64_t seeds, const Rng& rng, Progress& progress) {
  std::vector<DelayRun> runs;
  for (const DelayCase& setting : settings) {
    DelayRun run{setting, {}};
    for (int64_t seed = 0; seed < seeds; ++seed)
      run.errors.push_back(
          trained_error(setting, options, rng.split(static_cast<uint64_t>(seed)), progress));
    progress.say(fmt::format("delay task, {} {} {}: {:.3f} of the variance left", setting.init,
                             setting.rule, setting.real_part, run.mean()));
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace offprint::papers::s4d
