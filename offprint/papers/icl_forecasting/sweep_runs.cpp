#include "offprint/papers/icl_forecasting/sweep_runs.h"

#include <algorithm>
#include <limits>

#include "offprint/kernels/hankel.h"
#include "offprint/tasks/one_step_training.h"

namespace offprint::papers::icl_forecasting {
namespace {

constexpr int64_t kBlock = 250;  // rows of the series that stand for one draw in standard errors

// A series of one process and its windows: eight tenths to fit on, one to choose, one to judge.
struct Split {
  Tensor train, validation, judge;  // (W,n+p+1), standardised by the training rows
  Tensor w;                         // (p), oldest first
  double shock_variance = 0;        // in these units
};

Split split_of(int64_t p, int64_t n, int64_t rows, const Rng& rng) {
  Rng draw = rng.split("process"), path_draw = rng.split("path");
  worlds::LinearProcess process{.rho = worlds::random_rho(p, draw), .sigma = 0.05};
  const Tensor path = at::tensor(worlds::sample_path(process, rows, path_draw), at::kDouble);
  const int64_t train = rows * 8 / 10, validation = rows / 10;
  const double spread = path.slice(0, 0, train).square().mean().sqrt().item<double>();
  const Tensor x = path / spread;
  const auto part = [&](int64_t from, int64_t until) {
    return x.slice(0, from, until).unfold(0, n + p + 1, 1);
  };
  return {part(0, train), part(train, train + validation), part(train + validation, rows),
          worlds::coefficients(process), process.sigma * process.sigma / (spread * spread)};
}

Tensor contexts(const Tensor& windows) { return windows.slice(1, 0, windows.size(1) - 1); }

// Mean of (y - w'q)^2 in variances of the shocks.
Excess excess(const Tensor& y, const Split& s) {
  const Tensor truth = at::matmul(contexts(s.judge).slice(1, -s.w.size(0)), s.w);
  return mean_with_error((y - truth).square() / s.shock_variance, kBlock);
}

void add_seed(ContextRow& row, const Split& s, const Rng& rng) {
  const kernels::CubicMoments moments = kernels::sample_cubic_moments(s.train, row.p);
  const Tensor x = contexts(s.judge), next = s.judge.select(1, s.judge.size(1) - 1);
  const Tensor y = models::forward(models::fit_alternating(moments, rng).layer, x);
  const Tensor truth = at::matmul(x.slice(1, -row.p), s.w);
  row.attention.push_back(excess(y, s).mean);
  row.on_train.push_back(
      excess(at::matmul(x.slice(1, -row.p), kernels::linear_coefficients(moments)), s).mean);
  row.in_context.push_back(excess(kernels::in_context_least_squares(x, row.p), s).mean);
  const Excess behind = mean_with_error((y - next).square() - (truth - next).square(), kBlock);
  row.ahead += behind.mean < -3 * behind.standard_error;
}

std::vector<int64_t> orders(const Options& o) {
  std::vector<int64_t> all;
  for (int64_t p = 3; p <= o.sweep_lags; p += 2) all.push_back(p);
  return all;
}

tasks::OneStepOptions training_of(const Options& o) {
  return {.steps = o.depth_steps, .batch = 256, .lr = o.depth_lr};
}

double of_softmax(const char* attention, const Split& s, const Options& o, const Rng& rng,
                  Progress& progress) {
  Rng init = rng.split("init");
  models::HankelAttention model = models::make_hankel_attention(
      {.lags = s.w.size(0), .depth = 1, .attention = attention, .init = 0.3}, init);
  tasks::train_one_step(model, {.train = s.train, .validation = s.validation}, training_of(o),
                        std::string("training ") + attention, rng.split("train"), progress);
  return excess(tasks::foretell(model, contexts(s.judge)), s).mean;
}

}  // namespace

std::vector<ContextRow> run_contexts(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<ContextRow> rows;
  const std::vector<int64_t> lags = orders(o);
  progress.start("context lengths", std::ssize(lags) * 4);
  for (const int64_t p : lags)
    for (const int64_t n : {5, 25, 50, 100, 200}) {
      if (n > o.sweep_context) break;
      ContextRow row{p, n, {}, {}, {}, 0};
      for (int64_t seed = 0; seed < o.seeds; ++seed) {
        progress.throw_if_stopped();
        // The same process and series at every n.
        const Rng draw = rng.split(static_cast<uint64_t>(100 * p + seed));
        add_seed(row, split_of(p, n, o.sweep_rows, draw), draw.split("fit"));
      }
      rows.push_back(std::move(row));
      progress.at(std::ssize(rows));
    }
  return rows;
}

std::vector<DepthRow> run_depths(const Options& o, const Rng& rng, Progress& progress) {
  std::vector<DepthRow> rows;
  for (const int64_t p : orders(o)) {
    DepthRow row{p, o.depth_context, {}, {}, std::numeric_limits<double>::infinity()};
    row.by_depth.resize(static_cast<size_t>(o.most_layers));
    for (int64_t seed = 0; seed < o.seeds; ++seed) {
      const Rng draw = rng.split(static_cast<uint64_t>(100 * p + seed));
      const Split s = split_of(p, row.n, o.sweep_rows, draw);
      const auto by_depth =
          tasks::train_by_depth({.train = s.train, .validation = s.validation}, p, o.most_layers,
                                training_of(o), draw.split("fit"), progress);
      for (size_t layers = 0; layers < by_depth.size(); ++layers) {
        const Excess e = excess(tasks::foretell(by_depth[layers], contexts(s.judge)), s);
        row.by_depth[layers].push_back(e.mean);
        if (layers + 1 == by_depth.size())
          row.least_surplus = std::min(row.least_surplus, e.mean / e.standard_error);
      }
      row.in_context.push_back(
          excess(kernels::in_context_least_squares(contexts(s.judge), p), s).mean);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::map<std::string, std::vector<double>> run_softmax(const Options& o, const Rng& rng,
                                                       Progress& progress) {
  std::map<std::string, std::vector<double>> all;
  for (int64_t seed = 0; seed < o.seeds; ++seed) {
    const Rng draw = rng.split(static_cast<uint64_t>(seed));
    const Split s = split_of(5, 25, o.sweep_rows, draw);
    for (const char* attention : {"softmax", "softmax-over-n"})
      all[attention].push_back(of_softmax(attention, s, o, draw.split(attention), progress));
    const kernels::CubicMoments moments = kernels::sample_cubic_moments(s.train, 5);
    const Tensor x = contexts(s.judge);
    all["LSA-1"].push_back(
        excess(models::forward(models::fit_alternating(moments, draw.split("fit")).layer, x), s)
            .mean);
    all["linear, fitted"].push_back(
        excess(at::matmul(x.slice(1, -5), kernels::linear_coefficients(moments)), s).mean);
  }
  return all;
}

std::map<std::string, std::vector<double>> run_random_tasks(const Options& o, const Rng& rng,
                                                            Progress& progress) {
  constexpr int64_t p = 2, n = 40;
  std::map<std::string, std::vector<double>> all;
  for (int64_t seed = 0; seed < o.seeds; ++seed) {
    const Rng draw = rng.split(static_cast<uint64_t>(seed));
    Rng rho_draw = draw.split("rho"), path_draw = draw.split("paths");
    Tensor w = at::empty({o.windows, n + p + 1}, at::kDouble),
           truth = at::empty({o.windows}, w.options());
    for (int64_t i = 0; i < o.windows; ++i) {
      const worlds::LinearProcess process{.rho = worlds::random_rho(p, rho_draw)};
      Tensor row = at::tensor(worlds::sample_path(process, n + p + 1, path_draw, 200), at::kDouble);
      row = row / row.slice(0, 0, n + p).square().mean().sqrt();
      truth[i] = process.rho[0] * row[n + p - 1] + process.rho[1] * row[n + p - 2];
      w[i].copy_(row);
    }
    const int64_t half = o.windows / 2;
    const Tensor train = w.slice(0, 0, half), x = contexts(w.slice(0, half));
    const Tensor wanted = truth.slice(0, half);
    const auto add = [&](const std::string& name, const Tensor& y) {
      all[name].push_back((y - wanted).square().mean().item<double>());
    };
    const auto by_depth = tasks::train_by_depth({.train = train}, p, 3, training_of(o),
                                                draw.split("depth"), progress);
    for (size_t layers = 0; layers < by_depth.size(); ++layers)
      add(fmt::format("LSA-{}", layers + 1), tasks::foretell(by_depth[layers], x));
    add("least squares in context", kernels::in_context_least_squares(x, p));
    const kernels::CubicMoments moments = kernels::sample_cubic_moments(train, p);
    add("one linear forecast for all",
        at::matmul(x.slice(1, -p), kernels::linear_coefficients(moments)));
  }
  return all;
}

}  // namespace offprint::papers::icl_forecasting
