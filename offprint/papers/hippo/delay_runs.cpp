#include "offprint/papers/hippo/delay_runs.h"

#include <ATen/ops/mv.h>

#include <cmath>

#include "offprint/kernels/cauchy.h"
#include "offprint/nn/s4.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/delay.h"

namespace offprint::papers::hippo {
namespace {

using nn::Basis;
constexpr Basis kBases[] = {Basis::legs, Basis::legt, Basis::fout};
constexpr double kReaches[] = {0.1, 0.2, 0.5, 1, 1.25, 2, 5, 10};
constexpr int64_t kFitted = 8, kTested = 8, kTrained = 256, kBatch = 8;

tasks::DelayOptions task_of(const Options& o) {
  return {o.delay_length, o.delay_lag, o.delay_band};
}
double step_of(const Options& o, double reach) {
  return 1 / (reach * static_cast<double>(o.delay_lag));
}

// The states under sequences u (S,1,L), step by step: (L,S,N).
Tensor states(const nn::DenseSsm& d, const Tensor& u) {
  const Tensor samples = u.to(at::kDouble).squeeze(1).t().contiguous().unsqueeze(-1);  // (L,S,1)
  const Tensor step = d.A.t().contiguous();
  Tensor X = at::empty({samples.size(0), samples.size(1), d.B.size(0)}, d.A.options());
  Tensor x = at::zeros({samples.size(1), d.B.size(0)}, d.A.options());
  for (int64_t l = 0; l < samples.size(0); ++l) {
    x = at::matmul(x, step) + samples[l] * d.B;
    X[l].copy_(x);
  }
  return X;
}
Tensor same_order(const Tensor& target) {  // (S,1,L) as the rows of states: (L*S)
  return target.to(at::kDouble).squeeze(1).t().reshape({-1});
}

struct Readout {
  Tensor C;  // (N)
  double error = 0;
};

Readout fit_readout(Basis basis, double reach, const Options& o, const Rng& rng) {
  const nn::DenseSsm d = nn::bilinear(nn::hippo(basis, o.delay_order), step_of(o, reach));
  Rng fitted_noise = rng.split("fitted"), tested_noise = rng.split("tested");
  const auto fitted = tasks::make_delay(task_of(o), kFitted, fitted_noise);
  const auto tested = tasks::make_delay(task_of(o), kTested, tested_noise);
  const Tensor X = states(d, fitted.u).flatten(0, 1);  // (L*S,N)
  const Tensor gram = at::matmul(X.t(), X);
  // Band-limited noise leaves directions of the state nearly empty.
  const double ridge = 1e-9 * gram.diagonal().mean().item<double>();
  const Tensor C = at::linalg_solve(gram + ridge * at::eye(o.delay_order, gram.options()),
                                    at::mv(X.t(), same_order(fitted.target)));
  const Tensor y = at::mv(states(d, tested.u).flatten(0, 1), C), target = same_order(tested.target);
  return {C, (y - target).square().sum().item<double>() / target.square().sum().item<double>()};
}

// S4 whose one channel is the dense system with readout C in HiPPO's own coordinates.
nn::S4 s4_of(Basis basis, double reach, const Tensor& C, const Options& o, Rng rng) {
  nn::S4Options s4;
  s4.d_model = 1, s4.d_state = o.delay_order, s4.length = o.delay_length;
  s4.basis = nn::basis_name(basis);
  s4.dt_min = s4.dt_max = step_of(o, reach);
  s4.ssm_lr = o.train_lr;
  nn::S4 layer = nn::make_s4(s4, rng);
  const nn::Nplr form = nn::nplr(basis, o.delay_order);
  const Tensor half = at::mv(form.V.t(), C.to(at::kComplexDouble)).unsqueeze(0);
  const Tensor dt = at::full({1}, step_of(o, reach), at::kDouble);
  const Tensor A_bar =
      kernels::nplr_dense(form.lambda.unsqueeze(0), form.P.unsqueeze(0), form.B.unsqueeze(0), dt).A;
  layer.C =
      kernels::truncated_readout(half, A_bar, o.delay_length).to(at::kComplexFloat).contiguous();
  layer.D = at::zeros_like(layer.D);
  return layer;
}

double trained_error(Basis basis, double reach, const Options& o, const Rng& rng,
                     Progress& progress) {
  nn::S4 layer = s4_of(basis, reach, fit_readout(basis, reach, o, rng).C, o, rng.split("init"));
  Rng train_noise = rng.split("noise"), test_noise = rng.split("test");
  const auto map = [&](const Tensor& u) { return nn::convolve(layer, u); };
  tasks::DelayObjective objective(nn::parameters_of(layer), map,
                                  tasks::make_delay(task_of(o), kTrained, train_noise));
  tasks::TrainOptions training;
  training.steps = o.train_steps, training.batch = kBatch;
  training.optimizer.lr = o.train_lr, training.optimizer.weight_decay = 0;
  training.name =
      fmt::format("delay task, all of S4, {}, window {} x the delay", nn::basis_name(basis), reach);
  tasks::train(objective, training, rng.split("train"), progress);
  progress.throw_if_stopped();
  const at::NoGradGuard no_grad;
  const tasks::DelayData test = tasks::make_delay(task_of(o), kTested, test_noise);
  return tasks::delay_error(nn::convolve(layer, test.u), test);
}

}  // namespace

std::vector<DelayRun> run_readouts(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<DelayRun> runs;
  progress.start("delay task, readouts",
                 static_cast<int64_t>(std::size(kBases) * std::size(kReaches)));
  for (const Basis basis : kBases)
    for (const double reach : kReaches) {
      DelayRun run{basis, reach, {}};
      for (int64_t seed = 0; seed < o.seeds; ++seed) {
        progress.throw_if_stopped();
        run.errors.push_back(
            fit_readout(basis, reach, o, rng.split(static_cast<uint64_t>(seed))).error);
      }
      runs.push_back(std::move(run));
      progress.at(static_cast<int64_t>(runs.size()));
    }
  return runs;
}

std::vector<DelayRun> run_trained(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<DelayRun> runs;
  for (const Basis basis : kBases)
    for (const double reach : {1.0, 0.1}) {
      DelayRun run{basis, reach, {}};
      for (int64_t seed = 0; seed < o.train_seeds; ++seed)
        run.errors.push_back(
            trained_error(basis, reach, o, rng.split(static_cast<uint64_t>(seed)), progress));
      progress.say(fmt::format("delay task, all of S4, {}, window {} x the delay: {} left",
                               nn::basis_name(basis), reach, number_text(mean(run.errors))));
      runs.push_back(std::move(run));
    }
  return runs;
}

}  // namespace offprint::papers::hippo
