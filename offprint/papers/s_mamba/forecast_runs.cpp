#include "offprint/papers/s_mamba/forecast_runs.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/s_mamba/ring_road.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::s_mamba {
namespace {

tasks::MethodOptions method_options(const Options& o) {
  tasks::MethodOptions m;
  m.device = o.device;
  m.depth = o.depth, m.heads = o.heads, m.mamba.d_state = o.d_state;
  return m;
}

bool draws(std::string_view method) {
  return method == "dlinear" || method.starts_with("s-mamba") || method == "itransformer" ||
         method == "column-mlp";
}

// DLinear converges slower from its averaging start and costs nothing: it gets more passes.
tasks::MethodOptions options_for_method(const Bench& bench, std::string_view method) {
  tasks::MethodOptions o = bench.options;
  if (method == "dlinear") o.epochs = std::max<int64_t>(10, o.epochs);
  return o;
}

tasks::FittedForecaster fitted(const Bench& bench, const std::string& method, const Rng& rng,
                               Progress& progress) {
  auto f = tasks::fit_forecaster(bench.series, bench.split, method, bench.shape,
                                 options_for_method(bench, method), rng, progress);
  progress.throw_if_stopped();
  return f;
}

std::vector<double> numbers(const Tensor& t) {
  const Tensor flat = t.to(at::kDouble).contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

}  // namespace

Bench ring_bench(const data::Series& road, const Options& o) {
  Bench b{road, tasks::split_by_share(road.length(), 0.15, 0.2), {}, method_options(o)};
  b.shape = {o.lookback, o.horizon, road.values.size(1), 96};
  b.options.epochs = o.epochs, b.options.lr = o.lr, b.options.patience = 0;
  b.options.width = o.width, b.options.dropout = 0;  // the road is noise enough
  return b;
}

Bench etth1_bench(data::Series series, const Options& o) {
  const tasks::SeriesSplit split = tasks::split_by_months(series, 12, 4, 4);
  Bench b{std::move(series), split, {}, method_options(o)};
  b.shape = {96, o.etth1_horizon, b.series.values.size(1), 24};
  b.options.epochs = o.etth1_epochs, b.options.lr = o.etth1_lr;
  b.options.width = o.etth1_width;
  b.options.mamba.d_state = 2;  // as the authors have it there
  return b;
}

std::vector<MethodRun> run_methods(const Bench& bench, const std::vector<std::string>& methods,
                                   int64_t seeds, const Rng& rng, Progress& progress) {
  const int64_t from = bench.split.train + bench.split.validation, until = bench.split.rows();
  std::vector<MethodRun> runs;
  for (const std::string& method : methods) {
    MethodRun run{method};
    for (int64_t seed = 0; seed < (draws(method) ? seeds : 1); ++seed) {
      // Twins of one seed share weights and batches: the rng does not know the method.
      const auto f = fitted(bench, method, rng.split(static_cast<uint64_t>(seed)), progress);
      const tasks::ForecastScore s = tasks::score(f, bench.series, from, until);
      run.parameters = nn::parameter_count(f.forecaster->state());
      run.mse.push_back(s.mse), run.mae.push_back(s.mae), run.seconds.push_back(s.seconds);
      if (seed == 0) run.mse_by_step = s.mse_by_step;
    }
    progress.say(fmt::format("{}: MSE {}", method, number_text(mean(run.mse))));
    runs.push_back(std::move(run));
  }
  return runs;
}

const MethodRun& named(const std::vector<MethodRun>& runs, std::string_view method) {
  return *std::ranges::find(runs, method, &MethodRun::method);
}

Measurement ratio_of(const MethodRun& a, const MethodRun& b, const Rng& rng) {
  const auto n = static_cast<int64_t>(std::max(a.mse.size(), b.mse.size()));
  const auto of = [](const std::vector<double>& v, int64_t i) {
    return v[static_cast<size_t>(i) % v.size()];
  };
  const Interval interval = bootstrap(
      n,
      [&](std::span<const int64_t> rows) {
        double above = 0, below = 0;
        for (const int64_t i : rows) above += of(a.mse, i), below += of(b.mse, i);
        return above / below;
      },
      rng);
  return {mean(a.mse) / mean(b.mse),
          fmt::format("{} MSE {}, {} {}", a.method, number_text(mean(a.mse)), b.method,
                      number_text(mean(b.mse))),
          spread_text({mean(a.mse) / mean(b.mse), interval, n}), ""};
}

Measurement leak(const Rng& rng, Progress& progress) {
  const data::Series road = ring_road({.sensors = 6, .rows = 240}, rng);
  Options small;
  small.lookback = 24, small.horizon = 6, small.width = 16, small.epochs = 1;
  const Bench clean = ring_bench(road, small);
  Bench poisoned = clean;
  const int64_t known = clean.split.train + clean.split.validation;
  poisoned.series.values = road.values.clone();
  poisoned.series.values.slice(0, known).fill_(1e6);
  const Tensor history = road.values.slice(0, 0, known);
  double worst = 0;
  const std::vector<std::string> methods = {"s-mamba",    "s-mamba-one-way", "itransformer",
                                            "column-mlp", "dlinear",         "ridge"};
  for (const std::string& method : methods) {
    const auto a = tasks::forecast(fitted(clean, method, rng, progress), history);
    const auto b = tasks::forecast(fitted(poisoned, method, rng, progress), history);
    worst = std::max({worst, max_abs_diff(a.mean, b.mean), max_abs_diff(a.quantiles, b.quantiles)});
  }
  return {worst, "", fmt::format("largest of {} methods, means and quantiles", methods.size()), ""};
}

Measurement few_columns(const Bench& bench, const MethodRun& whole, const Rng& rng,
                        Progress& progress) {
  const int64_t V = bench.shape.variates, some = std::max<int64_t>(1, 2 * V / 5);
  const int64_t fit_rows = bench.split.train + bench.split.validation, until = bench.split.rows();
  const auto scale = tasks::standardizer_of(bench.series.values.narrow(0, 0, bench.split.train));
  const Tensor values = tasks::standardized(scale, bench.series.values.narrow(0, 0, until));
  const Tensor w =
      tasks::windows(values, fit_rows, until, bench.shape.lookback, bench.shape.horizon);
  const Tensor x = w.slice(1, 0, bench.shape.lookback), y = w.slice(1, bench.shape.lookback);
  tasks::ForecastShape shape = bench.shape;
  shape.variates = some;
  MethodRun few{"on 40 %"};
  for (size_t seed = 0; seed < whole.mse.size(); ++seed) {
    const auto method = tasks::find_forecast_method("s-mamba").make(shape, bench.options);
    method->fit({values.narrow(0, 0, fit_rows).narrow(1, 0, some), bench.split.train},
                rng.split(static_cast<uint64_t>(seed)), progress);
    progress.throw_if_stopped();
    few.mse.push_back((method->predict(x) - y).square().mean().item<double>());
  }
  Measurement m = ratio_of(few, whole, rng.split("interval"));
  m.baseline = fmt::format("{} of {} columns: MSE {}, all {}", some, V, number_text(mean(few.mse)),
                           number_text(mean(whole.mse)));
  return m;
}

Example example_of(const Bench& bench, const std::vector<std::string>& methods, const Rng& rng,
                   Progress& progress) {
  const int64_t column = bench.shape.variates / 2, shown = 48;
  const int64_t now = bench.split.train + bench.split.validation;
  const Tensor values = bench.series.values;
  Example out;
  out.column = bench.series.names[static_cast<size_t>(column)];
  out.history = numbers(values.slice(0, now - std::min(shown, now), now).select(1, column));
  out.truth = numbers(values.slice(0, now, now + bench.shape.horizon).select(1, column));
  for (const std::string& method : methods) {
    const auto f = fitted(bench, method, rng.split(uint64_t{0}), progress);
    out.forecasts.emplace_back(
        method, numbers(tasks::forecast(f, values.slice(0, 0, now)).mean.select(1, column)));
  }
  return out;
}

}  // namespace offprint::papers::s_mamba
