#include "offprint/papers/s_mamba/forecast_runs.h"

#include <algorithm>

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

}  // namespace

ForecastStudy ring_study(const data::Series& road, const Options& o) {
  ForecastStudy study{road, tasks::split_by_share(road.length(), 0.15, 0.2), {}, method_options(o)};
  study.shape = {o.lookback, o.horizon, road.values.size(1), 96};
  study.options.epochs = o.epochs, study.options.lr = o.lr, study.options.patience = 0;
  study.options.width = o.width, study.options.dropout = 0;  // the road is noise enough
  return study;
}

ForecastStudy etth1_study(data::Series series, const Options& o) {
  const tasks::SeriesSplit split = tasks::split_by_months(series, 12, 4, 4);
  ForecastStudy study{std::move(series), split, {}, method_options(o)};
  study.shape = {96, o.etth1_horizon, study.series.values.size(1), 24};
  study.options.epochs = o.etth1_epochs, study.options.lr = o.etth1_lr;
  study.options.width = o.etth1_width;
  study.options.mamba.d_state = 2;  // as the authors have it there
  return study;
}

Measurement leak(const Rng& rng, Progress& progress) {
  Options small;
  small.lookback = 24, small.horizon = 6, small.width = 16, small.epochs = 1;
  return papers::leak(
      ring_study(ring_road({.sensors = 6, .rows = 240}, rng), small),
      {"s-mamba", "s-mamba-one-way", "itransformer", "column-mlp", "dlinear", "ridge"}, rng,
      progress);
}

Measurement few_columns(const ForecastStudy& study, const MethodRun& whole, const Rng& rng,
                        Progress& progress) {
  const int64_t V = study.shape.variates, some = std::max<int64_t>(1, 2 * V / 5);
  const int64_t fit_rows = study.known(), until = study.split.rows();
  const auto scale = tasks::standardizer_of(study.series.values.narrow(0, 0, study.split.train));
  const Tensor values = tasks::standardized(scale, study.series.values.narrow(0, 0, until));
  const Tensor w =
      tasks::windows(values, fit_rows, until, study.shape.lookback, study.shape.horizon);
  const Tensor x = w.slice(1, 0, study.shape.lookback), y = w.slice(1, study.shape.lookback);
  tasks::ForecastShape shape = study.shape;
  shape.variates = some;
  MethodRun few{"on 40 %"};
  for (size_t seed = 0; seed < whole.mse.size(); ++seed) {
    const auto method = tasks::find_forecast_method("s-mamba").make(shape, study.options);
    method->fit({values.narrow(0, 0, fit_rows).narrow(1, 0, some), study.split.train},
                rng.split(static_cast<uint64_t>(seed)), progress);
    progress.throw_if_stopped();
    few.mse.push_back((method->predict(x) - y).square().mean().item<double>());
  }
  Measurement m = ratio_of(few, whole, rng.split("interval"));
  m.baseline = fmt::format("{} of {} columns: MSE {}, all {}", some, V, number_text(mean(few.mse)),
                           number_text(mean(whole.mse)));
  return m;
}

}  // namespace offprint::papers::s_mamba
