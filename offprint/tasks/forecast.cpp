#include "offprint/tasks/forecast.h"

#include <ATen/ops/isfinite.h>

#include <algorithm>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/options.h"
#include "offprint/nn/checkpoint.h"
#include "offprint/tasks/conformal.h"

namespace offprint::tasks {
namespace {

constexpr const char* kKind = "forecaster";
constexpr int64_t kChunk = 512;  // windows in memory at a time

// Calls use(truth (W,H,V), forecast (W,H,V)) on the windows of [from, until), chunk by chunk.
int64_t each_chunk(const FittedForecaster& f, const Tensor& values, int64_t from, int64_t until,
                   const auto& use) {
  const int64_t L = f.shape.lookback;
  const Tensor all = windows(values, from, until, L, f.shape.horizon);
  for (int64_t begin = 0; begin < all.size(0); begin += kChunk) {
    const Tensor w = all.slice(0, begin, begin + kChunk);
    use(w.slice(1, L), f.forecaster->predict(w.slice(1, 0, L)));
  }
  return all.size(0);
}

// Mean distance of a value from the one a season before.
double seasonal_distance(const Tensor& train, int64_t season) {
  const int64_t n = train.size(0);
  const int64_t lag = season < n ? season : 1;
  if (n <= lag) return 1;
  const double distance =
      (train.slice(0, lag) - train.slice(0, 0, n - lag)).abs().mean().item<double>();
  return distance > 0 ? distance : 1;
}

void check(const data::Series& series, const SeriesSplit& split, const ForecastShape& s) {
  require(s.horizon >= 1 && s.lookback >= 1 && s.season >= 1,
          "forecast: horizon {}, lookback {}, season {}, expected >= 1", s.horizon, s.lookback,
          s.season);
  require(s.variates == series.values.size(1), "forecast: {} columns, expected {}",
          series.values.size(1), s.variates);
  require(split.train + split.validation <= series.length(),
          "forecast: {} rows to fit on, the series has {}", split.train + split.validation,
          series.length());
  require(
      split.train >= s.lookback + s.horizon,
      "{}: {} rows to train on, expected at least {} (lookback {} + horizon {}): give a shorter "
      "--lookback or --horizon",
      series.source, split.train, s.lookback + s.horizon, s.lookback, s.horizon);
  require(at::isfinite(series.values).all().item<bool>(),
          "{}: values are missing, expected a series without holes", series.source);
}

}  // namespace

const std::vector<double>& forecast_levels() {
  static const std::vector<double> levels = {0.05, 0.1, 0.5, 0.9, 0.95};
  return levels;
}

FittedForecaster fit_forecaster(const data::Series& series, const SeriesSplit& split,
                                const std::string& method, const ForecastShape& shape,
                                const MethodOptions& options, Rng rng, Progress& progress) {
  const ForecastMethod& found = find_forecast_method(method);
  check(series, split, shape);
  parse_device(options.device);  // also where the method itself needs none
  const int64_t rows = split.train + split.validation;
  FittedForecaster f{method, shape, options, series.names, {}, found.make(shape, options), {}, 0};
  f.scale = standardizer_of(series.values.narrow(0, 0, split.train));
  const Tensor values = standardized(f.scale, series.values.narrow(0, 0, rows));
  const Stopwatch watch;
  f.forecaster->fit({values, split.train}, rng, progress);
  f.seconds = watch.seconds();
  std::vector<Tensor> residuals;
  each_chunk(f, values, split.train, rows,
             [&](const Tensor& truth, const Tensor& guess) { residuals.push_back(truth - guess); });
  if (!residuals.empty()) f.offsets = conformal_offsets(at::cat(residuals), forecast_levels());
  return f;
}

Forecast forecast(const FittedForecaster& f, const Tensor& history) {
  require(history.dim() == 2 && history.size(1) == f.shape.variates &&
              history.size(0) >= f.shape.lookback,
          "forecast: history is {}, expected at least ({},{})", shape_text(history),
          f.shape.lookback, f.shape.variates);
  const Tensor last = standardized(f.scale, history.slice(0, -f.shape.lookback));
  const Tensor mean = f.forecaster->predict(last.unsqueeze(0))[0];
  Forecast out{in_units_of(f.scale, mean), {}};
  if (f.offsets.defined()) out.quantiles = in_units_of(f.scale, mean + f.offsets);
  return out;
}

void serve_horizon(FittedForecaster& f, int64_t horizon) {
  require(horizon >= 1, "--horizon: {}, expected >= 1", horizon);
  if (horizon == f.shape.horizon) return;
  require(f.forecaster->serve(horizon),
          "--horizon: {}, but this {} was fitted for {} rows and serves no other horizon", horizon,
          f.method, f.shape.horizon);
  f.shape.horizon = horizon;
  if (!f.offsets.defined()) return;
  f.offsets = horizon <= f.offsets.size(1) ? f.offsets.slice(1, 0, horizon).clone() : Tensor();
}

ForecastScore score(const FittedForecaster& f, const data::Series& series, int64_t from,
                    int64_t until) {
  const Tensor values = standardized(f.scale, series.values.narrow(0, 0, until));
  ForecastScore s;
  s.method = f.method;
  Tensor by_step = at::zeros({f.shape.horizon}, at::kDouble);
  double absolute = 0, covered = 0, pinball = 0;
  s.windows = each_chunk(f, values, from, until, [&](const Tensor& truth, const Tensor& guess) {
    const auto n = static_cast<double>(truth.size(0));
    by_step += (truth - guess).square().mean(2).sum(0);
    absolute += n * (truth - guess).abs().mean().item<double>();
    if (!f.offsets.defined()) return;
    const Tensor quantiles = guess.unsqueeze(0) + f.offsets.unsqueeze(1);  // (Q,W,H,V)
    const Tensor inside = truth.ge(quantiles[1]).logical_and(truth.le(quantiles[3]));
    covered += n * inside.to(at::kDouble).mean().item<double>();
    pinball += n * quantile_loss(quantiles, truth, forecast_levels());
  });
  require(s.windows >= 1, "{}: no window of {} + {} rows ends in rows {} to {}", series.source,
          f.shape.lookback, f.shape.horizon, from + 1, until);
  const auto n = static_cast<double>(s.windows);
  by_step /= n;
  s.mse = by_step.mean().item<double>(), s.mae = absolute / n;
  s.mase = s.mae / seasonal_distance(values.narrow(0, 0, from), f.shape.season);
  if (f.offsets.defined()) s.coverage = covered / n, s.quantile_loss = pinball / n;
  s.seconds = f.seconds;
  s.mse_by_step.assign(by_step.const_data_ptr<double>(),
                       by_step.const_data_ptr<double>() + by_step.numel());
  return s;
}

TextTable score_table(const std::vector<ForecastScore>& scores) {
  TextTable table{
      "", {"method", "MSE", "MAE", "MASE", "80 % covers", "quantile loss", "fit [s]"}, {}};
  for (const ForecastScore& s : scores)
    table.rows.push_back({s.method, number_text(s.mse), number_text(s.mae), number_text(s.mase),
                          s.coverage ? fmt::format("{:.1f} %", 100 * *s.coverage) : "–",
                          s.quantile_loss ? number_text(*s.quantile_loss) : "–",
                          fmt::format("{:.2f}", s.seconds)});
  return table;
}

void save(const FittedForecaster& f, const std::filesystem::path& folder) {
  MethodOptions options = f.options;
  Json about = {{"kind", kKind},
                {"method", f.method},
                {"columns", f.names},
                {"lookback", f.shape.lookback},
                {"horizon", f.shape.horizon},
                {"season", f.shape.season},
                {"options", options_to_json(option_fields(options))}};
  nn::Parameters tensors = nn::add_prefix(f.forecaster->state(), "method.");
  tensors.push_back({"mean", f.scale.mean, {}});
  tensors.push_back({"spread", f.scale.spread, {}});
  if (f.offsets.defined()) tensors.push_back({"offsets", f.offsets, {}});
  nn::save_checkpoint(folder / "forecaster.safetensors", about, tensors);
}

FittedForecaster load_forecaster(const std::filesystem::path& folder) {
  const nn::Checkpoint checkpoint = nn::load_checkpoint(folder / "forecaster.safetensors");
  const std::string source = checkpoint.source.string();
  const Json& about = checkpoint.about;
  const auto size = [&](const char* key) {
    const auto value = json_get<int64_t>(about, key, source);
    require(value >= 1 && value <= 1 << 20, "{}: {} is {}, out of range", source, key, value);
    return value;
  };
  const auto kind = json_get<std::string>(about, "kind", source);
  require(kind == kKind, "{}: holds a {}, expected a {}", source, kind, kKind);
  FittedForecaster f;
  f.method = json_get<std::string>(about, "method", source);
  f.names = json_get<std::vector<std::string>>(about, "columns", source);
  f.shape = {size("lookback"), size("horizon"), static_cast<int64_t>(f.names.size()),
             size("season")};
  options_from_json(option_fields(f.options), json_member(about, "options", source), source);
  f.options.device = "cpu";
  f.forecaster = find_forecast_method(f.method).make(f.shape, f.options);
  nn::restore(f.forecaster->state(), checkpoint, "method.");
  for (const nn::Parameter& p : checkpoint.tensors) {
    if (p.name == "mean") f.scale.mean = p.tensor.clone();
    if (p.name == "spread") f.scale.spread = p.tensor.clone();
    if (p.name == "offsets") f.offsets = p.tensor.clone();
  }
  require(f.scale.mean.defined() && f.scale.spread.defined() &&
              f.scale.mean.numel() == f.shape.variates &&
              f.scale.spread.numel() == f.shape.variates,
          "{}: scales do not fit {} columns", source, f.shape.variates);
  require(!f.offsets.defined() ||
              (f.offsets.dim() == 3 && f.offsets.size(1) == f.shape.horizon &&
               f.offsets.size(0) == static_cast<int64_t>(forecast_levels().size()) &&
               f.offsets.size(2) == f.shape.variates),
          "{}: quantiles do not fit the model", source);
  return f;
}

}  // namespace offprint::tasks
