#include "offprint/papers/icl_forecasting/ett_runs.h"

#include <ATen/ops/std.h>

#include <algorithm>

#include "offprint/core/numbers.h"
#include "offprint/tasks/forecast.h"

namespace offprint::papers::icl_forecasting {
namespace {

constexpr int64_t kDay = 24, kLookback = 336, kChunk = 256;
constexpr int64_t kShort = 96;  // of the blocks, whose cost grows with its square

struct Rival {
  std::string name, method;
  tasks::MethodOptions options;
  int64_t lookback = kLookback;
};

std::vector<Rival> rivals(const Options& o, bool by_days) {
  tasks::MethodOptions attention;
  attention.steps = o.ett_steps, attention.batch = 128, attention.lr = 3e-3;
  attention.difference = !by_days, attention.centre = "mean", attention.device = o.device;
  tasks::MethodOptions one = attention, two = attention, network;
  one.depth = 1, two.depth = 2;
  network.steps = std::max<int64_t>(1, o.ett_steps / 3), network.batch = 8;
  network.centre = "mean", network.device = o.device;
  return {{"LSA-1", "lsa", one},           {"LSA-2", "lsa", two},
          {"softmax", "lsa-softmax", one}, {"GPT blocks", "transformer", network, kShort},
          {"ridge", "ridge", {}},          {"seasonal naive", "seasonal-naive", {}}};
}

// Squared error by step and column over all windows of [from, until), (H,V).
Tensor errors_on(const tasks::FittedForecaster& f, const Tensor& values, int64_t from,
                 int64_t until) {
  const Tensor w =
      tasks::windows(tasks::standardized(f.scale, values), from, until, kLookback, kDay);
  Tensor sum = at::zeros({kDay, values.size(1)}, at::kDouble);
  for (int64_t begin = 0; begin < w.size(0); begin += kChunk) {
    const Tensor part = w.slice(0, begin, begin + kChunk);
    sum += (f.forecaster->predict(part.slice(1, 0, kLookback)) - part.slice(1, kLookback))
               .square()
               .sum(0);
  }
  return sum / static_cast<double>(w.size(0));
}

}  // namespace

data::Series days_standardised(const data::Series& series, int64_t train) {
  data::Series out = series;
  out.values = series.values.clone();
  for (int64_t hour = 0; hour < kDay; ++hour) {
    const Tensor seen = series.values.slice(0, hour, train, kDay);
    const Tensor spread = at::std(seen, at::IntArrayRef{0}, false);
    Tensor rows = out.values.slice(0, hour, out.values.size(0), kDay);
    rows.sub_(seen.mean(at::IntArrayRef{0})).div_(at::where(spread > 0, spread, 1.0));
  }
  return out;
}

EttRun run_ett(const std::string& set, const data::Series& series, bool by_days, const Options& o,
               const Rng& rng, Progress& progress) {
  const tasks::SeriesSplit split = tasks::split_by_months(series, 12, 4, 4);
  const data::Series prepared = by_days ? days_standardised(series, split.train) : series;
  EttRun run{set, by_days ? "days standardised" : "differences", series.names, {}, {}};
  for (const auto& [name, method, options, lookback] : rivals(o, by_days)) {
    const tasks::ForecastShape shape{
        .lookback = lookback, .horizon = kDay, .variates = series.values.size(1), .season = kDay};
    const tasks::FittedForecaster fitted =
        tasks::fit_forecaster(prepared, split, method, shape, options, rng.split(name), progress);
    progress.throw_if_stopped();
    const Tensor errors = errors_on(fitted, prepared.values.slice(0, 0, split.rows()),
                                    split.train + split.validation, split.rows());
    run.one_step[name] = numbers(errors[0]);
    run.day[name] = numbers(errors.mean(0));
    progress.say(fmt::format("{}, {}: {} {:.4f} one step ahead", set, run.prepared, name,
                             errors[0].mean().item<double>()));
  }
  return run;
}

}  // namespace offprint::papers::icl_forecasting
