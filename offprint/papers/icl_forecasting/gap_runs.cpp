#include "offprint/papers/icl_forecasting/gap_runs.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/numbers.h"
#include "offprint/kernels/cubic_moments.h"
#include "offprint/kernels/hankel.h"
#include "offprint/kernels/ridge_solve.h"
#include "offprint/models/one_layer_attention.h"
#include "offprint/tasks/one_step_training.h"

namespace offprint::papers::icl_forecasting {
namespace {

// The gap from samples alone: the residual of w'q on the features, its variance freed of what as
// many coefficients as features fit by chance.
Excess sampled_gap(const worlds::LinearProcess& process, int64_t p, int64_t n, int64_t windows,
                   Rng rng) {
  const Tensor w = worlds::sample_windows(process, windows, n + p + 1, rng);
  const kernels::CubicMoments moments = kernels::sample_cubic_moments(w, p);
  // The linear part of the target instead of the target: the same gap, without the shocks' noise.
  const Tensor linear =
      process.theta.empty() ? worlds::coefficients(process) : kernels::linear_coefficients(moments);
  const Tensor theta =
      kernels::ridge_solve(moments.S, at::matmul(linear, moments.C.slice(0, 0, p)).unsqueeze(1))
          .squeeze(1);
  std::vector<Tensor> squares;
  constexpr int64_t kChunk = 4096;
  for (int64_t begin = 0; begin < windows; begin += kChunk) {
    const Tensor x = w.slice(0, begin, std::min(begin + kChunk, windows)).slice(1, 0, n + p);
    squares.push_back(
        (at::matmul(kernels::cubic_features(x, p), theta) - at::matmul(x.slice(1, -p), linear))
            .square());
  }
  Excess gap = mean_with_error(at::cat(squares));
  const auto W = static_cast<double>(windows), E = static_cast<double>(theta.size(0));
  gap.mean *= W / (W - E), gap.standard_error *= W / (W - E);
  return gap;
}

struct Contexts {
  Tensor x, truth, next;  // (W,N), w'q (W), x_{N+1} (W)
};

Contexts contexts_of(const Tensor& windows, const Tensor& w) {
  const int64_t N = windows.size(1) - 1;
  const Tensor x = windows.slice(1, 0, N);
  return {x, at::matmul(x.slice(1, -w.size(0)), w), windows.select(1, N)};
}

Excess excess(const Tensor& y, const Contexts& c) {
  return mean_with_error((y - c.truth).square());
}

// Adam from random weights on standardised windows, as anybody would train it; or as the authors'
// code does: shocks of 0.05, weights of 0.01, rate 1e-3.
Tensor trained_forecasts(const Tensor& train, const Contexts& judge, int64_t p, const Options& o,
                         bool released, const Rng& rng, Progress& progress) {
  const double scale = released ? 0.05 : 1 / train.square().mean().sqrt().item<double>();
  Rng init = rng.split("init");
  models::HankelAttention model =
      models::make_hankel_attention({.lags = p, .depth = 1, .init = released ? 0.01 : 0.1}, init);
  tasks::OneStepOptions training{.steps = o.adam_steps};
  if (released) training.lr = 1e-3, training.decay = false;
  tasks::train_one_step(model, {.train = train * scale}, training,
                        released ? "the paper's recipe" : "one layer by Adam", rng.split("train"),
                        progress);
  return tasks::foretell(model, judge.x * scale) / scale;
}

FitRow run_fit(const NamedProcess& named, int64_t n, bool train, const Options& o, const Rng& rng,
               Progress& progress) {
  const worlds::LinearProcess& process = named.process;
  const auto p = static_cast<int64_t>(process.rho.size());
  Rng draw = rng.split("windows");
  const Tensor all = worlds::sample_windows(process, o.windows, n + p + 1, draw);
  const Tensor first = all.slice(0, 0, o.windows / 2);
  const Contexts judge = contexts_of(all.slice(0, o.windows / 2), worlds::coefficients(process));

  FitRow row;
  row.process = named.name, row.n = n;
  const auto gamma = worlds::autocovariances(process, n + p);
  const kernels::CubicMoments exact = kernels::gaussian_cubic_moments(gamma, p, n);
  const kernels::RelaxedGap bound = kernels::relaxed_gap(exact);
  row.bound = bound.gap;
  row.optimum = models::fit_alternating(exact, rng.split("exact")).mse - bound.linear_error;

  const kernels::CubicMoments moments = kernels::sample_cubic_moments(first, p);
  const models::AlternatingFit fit = models::fit_alternating(moments, rng.split("alternating"));
  const Tensor y = models::forward(fit.layer, judge.x);
  row.alternating = excess(y, judge);
  const Excess behind =
      mean_with_error((y - judge.next).square() - (judge.truth - judge.next).square());
  row.behind_bayes = behind.mean / behind.standard_error;
  row.on_train =
      excess(at::matmul(judge.x.slice(1, -p), kernels::linear_coefficients(moments)), judge);
  row.in_context = excess(kernels::in_context_least_squares(judge.x, p), judge);
  row.last_value = excess(judge.x.select(1, n + p - 1), judge);
  if (!train) return row;
  row.adam = excess(
      trained_forecasts(first, judge, p, o, o.paper_init, rng.split("adam"), progress), judge);
  row.released =
      excess(trained_forecasts(first, judge, p, o, true, rng.split("released"), progress), judge);
  return row;
}

}  // namespace

std::vector<NamedProcess> autoregressions(int64_t most_lags) {
  constexpr worlds::RootPair kPairs[] = {{0.8, 0.6}, {0.6, 1.9}};
  constexpr double kReal[] = {-0.5};
  std::vector<NamedProcess> all = {
      {"AR(1)", {.rho = {0.7}}},
      {"AR(2)", {.rho = {1.299, -0.465}}},
      {"AR(3)", {.rho = {1.115, 0.108, -0.275}}},
      {"AR(4)", {.rho = worlds::rho_from_roots(kPairs)}},
      {"AR(5)", {.rho = worlds::rho_from_roots(kPairs, kReal)}},
  };
  all.resize(static_cast<size_t>(std::clamp<int64_t>(most_lags, 1, std::ssize(all))));
  return all;
}

std::vector<NamedProcess> other_processes() {
  using enum worlds::Shocks;
  const std::vector<double> rho = {0.5, -0.3, 0.2};
  return {{"ARMA(1,1)", {.rho = {0.7}, .theta = {0.5}}},
          {"AR(3), Laplace shocks", {.rho = rho, .shocks = laplace}},
          {"AR(3), t5 shocks", {.rho = rho, .shocks = student5}}};
}

NamedProcess decaying_process() { return {"AR(3), radius 0.59", {.rho = {0.5, -0.3, 0.2}}}; }

double gap_law(const worlds::LinearProcess& process, int64_t p) {
  constexpr int64_t kLags = 600;
  return kernels::first_order_gap(worlds::autocovariances(process, kLags), p,
                                  worlds::excess_kurtosis(process.shocks));
}

double closed_gap(const worlds::LinearProcess& process, int64_t p, int64_t n) {
  const auto gamma = worlds::autocovariances(process, n + p);
  return kernels::relaxed_gap(kernels::gaussian_cubic_moments(gamma, p, n)).to_linear();
}

double extrapolated_law(const worlds::LinearProcess& process, int64_t p) {
  // What is left of n gap falls like 1/n again.
  return 2 * 1024 * closed_gap(process, p, 1024) - 512 * closed_gap(process, p, 512);
}

std::vector<GapRow> run_theory(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<GapRow> rows;
  progress.start("gap in closed form and by Monte Carlo", 9 * o.most_lags);
  for (const auto& [name, process] : autoregressions(o.most_lags)) {
    const auto p = static_cast<int64_t>(process.rho.size());
    const double law = gap_law(process, p);
    for (int64_t n = 4; n <= 1024; n *= 2) {
      progress.at(std::ssize(rows));
      progress.throw_if_stopped();
      GapRow row{name, p, n, closed_gap(process, p, n), law / static_cast<double>(n), {}, {}};
      if (n == 8 || n == 32 || n == 128) {
        const Excess drawn = sampled_gap(process, p, n, o.theory_windows,
                                         rng.split(name).split(static_cast<uint64_t>(n)));
        row.sampled = drawn.mean, row.standard_error = drawn.standard_error;
      }
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<GapRow> run_other_processes(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<GapRow> rows;
  progress.start("processes beyond the closed form");
  for (const auto& [name, process] : other_processes())
    for (const int64_t n : {32, 128}) {
      progress.throw_if_stopped();
      const int64_t p = 3;
      const Excess drawn = sampled_gap(process, p, n, o.theory_windows,
                                       rng.split(name).split(static_cast<uint64_t>(n)));
      rows.push_back({name, p, n, closed_gap(process, p, n),
                      gap_law(process, p) / static_cast<double>(n), drawn.mean,
                      drawn.standard_error});
    }
  return rows;
}

std::vector<FitRow> run_fits(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<FitRow> rows;
  const std::vector<NamedProcess> processes = autoregressions(3);
  progress.start("fitting one layer", 8);
  for (const size_t which : {1, 2})  // AR(2) and AR(3)
    for (const int64_t n : {8, 32, 128, 256}) {
      progress.at(std::ssize(rows));
      progress.throw_if_stopped();
      const NamedProcess& named = processes[which];
      rows.push_back(run_fit(named, n, o.adam_steps > 0 && n == 32, o,
                             rng.split(named.name).split(static_cast<uint64_t>(n)), progress));
    }
  return rows;
}

Trace run_trace(const Rng& rng) {
  constexpr int64_t kContext = 32, kShown = 80;
  const worlds::LinearProcess process = autoregressions(3).back().process;
  const auto p = static_cast<int64_t>(process.rho.size());
  const auto gamma = worlds::autocovariances(process, kContext + p);
  const models::AlternatingFit fit = models::fit_alternating(
      kernels::gaussian_cubic_moments(gamma, p, kContext), rng.split("fit"));
  Rng draw = rng.split("path");
  const Tensor path =
      at::tensor(worlds::sample_path(process, kContext + p + kShown, draw), at::kDouble);
  const Contexts c =
      contexts_of(path.unfold(0, kContext + p + 1, 1), worlds::coefficients(process));
  return {numbers(c.next), numbers(c.truth), numbers(models::forward(fit.layer, c.x))};
}

}  // namespace offprint::papers::icl_forecasting
