#include "offprint/papers/chimera/grid_runs.h"

#include <cmath>

#include "offprint/papers/chimera/grids.h"

namespace offprint::papers::chimera {
namespace {

tasks::MethodOptions network_options(const Options& o) {
  tasks::MethodOptions m;
  m.width = o.width, m.depth = o.depth, m.mamba.d_state = o.d_state, m.lr = o.lr;
  m.states = 2 * o.d_state, m.patience = 0, m.dropout = 0, m.centre = "mean", m.device = o.device;
  return m;
}

// (W,H,V) of every test window, in the columns' first order.
Tensor forecasts_of(const ForecastStudy& study, const std::vector<int64_t>& order, const Rng& rng,
                    Progress& progress) {
  const auto f = fitted(study, "chimera", rng, progress);
  const Tensor values = tasks::standardized(f.scale, study.series.values);
  const Tensor w = tasks::windows(values, study.known(), study.split.rows(), study.shape.lookback,
                                  study.shape.horizon);
  Tensor guess = f.forecaster->predict(w.slice(1, 0, study.shape.lookback));
  Tensor back = at::empty_like(guess);
  for (size_t k = 0; k < order.size(); ++k)
    back.select(2, order[k]).copy_(guess.select(2, static_cast<int64_t>(k)));
  return back;
}

double distance_of_pairs(const std::vector<Tensor>& all) {
  double sum = 0, pairs = 0;
  for (size_t i = 0; i < all.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      sum += (all[i] - all[j]).square().mean().item<double>(), pairs += 1;
  return std::sqrt(sum / pairs);
}

}  // namespace

RecurrenceRun run_recurrence(const Options& o, const Rng& rng, Progress& progress) {
  const RecurrenceSeries drawn =
      recurrence_series({.columns = o.columns, .rows = o.rows}, rng.split("recurrence"));
  ForecastStudy study{
      drawn.series, tasks::split_by_share(o.rows, 0.1, 0.25), {}, network_options(o)};
  study.shape = {.lookback = o.lookback, .horizon = 1, .variates = o.columns};
  study.options.epochs = o.epochs;
  RecurrenceRun out;
  out.runs = run_methods(study, {"mean", "ar", "ridge", "s4d", "spacetime"}, o.seeds,
                         rng.split("one column"), progress);
  // The recurrence has one scale and no levels; the loop is open one row ahead.
  study.options.decoder = "closed-loop", study.options.patch = 1, study.options.centre = "none";
  const auto ours = run_methods(study, {"chimera"}, o.seeds, rng.split("ours"), progress);
  out.runs.insert(out.runs.begin(), ours.front());
  const tasks::Standardizer scale =
      tasks::standardizer_of(study.series.values.slice(0, 0, study.split.train));
  const Tensor off = (study.series.values - drawn.expected) / scale.spread;
  out.noise = off.slice(0, study.known()).square().mean().item<double>();
  return out;
}

ForecastStudy seasons_study(const Options& o, const Rng& rng) {
  const Seasons seasons{.columns = o.season_columns, .rows = o.season_rows};
  ForecastStudy study{seasons_series(seasons, rng.split("seasons")),
                      tasks::split_by_share(o.season_rows, 0.15, 0.25),
                      {},
                      network_options(o)};
  study.shape = {o.season_lookback, o.season_horizon, o.season_columns, seasons.season};
  study.options.epochs = o.season_epochs;
  return study;
}

OrderRun run_orders(const ForecastStudy& study, int64_t runs, const Rng& rng, Progress& progress) {
  OrderRun out;
  std::vector<int64_t> first;
  for (int64_t v = 0; v < study.shape.variates; ++v) first.push_back(v);
  const Tensor truth =
      tasks::windows(tasks::standardized(
                         tasks::standardizer_of(study.series.values.slice(0, 0, study.split.train)),
                         study.series.values),
                     study.known(), study.split.rows(), study.shape.lookback, study.shape.horizon);
  std::vector<Tensor> by_seed, by_order;
  for (int64_t i = 0; i < runs; ++i) {
    const Rng seed = rng.split(static_cast<uint64_t>(i));
    by_seed.push_back(forecasts_of(study, first, seed, progress));
    const auto order = seed.split("order").permutation(study.shape.variates);
    ForecastStudy turned = study;
    turned.series.values = study.series.values.index_select(1, at::tensor(order, at::kLong));
    by_order.push_back(forecasts_of(turned, order, rng.split(uint64_t{0}), progress));
    out.mse.push_back(
        (by_order.back() - truth.slice(1, study.shape.lookback)).square().mean().item<double>());
  }
  out.by_seed = distance_of_pairs(by_seed), out.by_order = distance_of_pairs(by_order);
  return out;
}

ForecastStudy etth1_study(data::Series series, int64_t horizon, const Options& o) {
  const tasks::SeriesSplit split = tasks::split_by_months(series, 12, 4, 4);
  ForecastStudy study{std::move(series), split, {}, network_options(o)};
  study.shape = {96, horizon, study.series.values.size(1), 24};
  study.options.steps = o.etth1_steps, study.options.lr = o.etth1_lr;
  study.options.width = o.etth1_width, study.options.depth = o.etth1_depth;
  study.options.dropout = 0.1, study.options.patience = 3;
  return study;
}

}  // namespace offprint::papers::chimera
