#include "offprint/tasks/forecast_series.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/data/series_fill.h"

namespace offprint::tasks {
namespace {

constexpr double kDay = 86400;
constexpr int64_t kHorizon = 24;  // where none is asked for

void try_outputs(const ForecastRequest& request) {
  if (!request.out.empty()) try_to_write(request.out);
  if (request.save.empty()) return;
  make_folder(request.save);
  try_to_write(request.save / "forecaster.safetensors");
}

ForecastShape shape_for(const data::Series& series, const ForecastOptions& o) {
  ForecastShape shape;
  shape.variates = series.values.size(1);
  require(o.horizon >= 0, "--horizon: {}, expected >= 0", o.horizon);
  require(o.lookback >= 0 && o.season >= 0, "--lookback {} --season {}, expected >= 0", o.lookback,
          o.season);
  shape.horizon = o.horizon > 0 ? o.horizon : kHorizon;
  shape.season = o.season > 0 ? o.season : season_of(series);
  const int64_t wanted = std::max(4 * shape.season, shape.horizon);
  shape.lookback =
      o.lookback > 0 ? o.lookback : std::min(wanted, std::max<int64_t>(1, series.length() / 4));
  return shape;
}

// The simple ones, each judged on the windows the method is judged on.
std::vector<std::string> rivals_of(const std::string& method, const ForecastShape& shape) {
  std::vector<std::string> rivals;
  for (const char* name : {"ridge", "dlinear", "theta", "seasonal-naive", "naive"}) {
    const bool same_as_naive = std::string_view(name) == "seasonal-naive" && shape.season == 1;
    if (name != method && !same_as_naive) rivals.emplace_back(name);
  }
  return rivals;
}

std::vector<ForecastScore> judge(const data::Series& series, const ForecastOptions& o,
                                 const ForecastShape& shape, const Rng& rng, Progress& progress) {
  const SeriesSplit split = split_by_share(series.length(), o.validation, o.test);
  std::vector<ForecastScore> scores;
  if (split.test < shape.horizon) return scores;
  std::vector<std::string> methods = {o.method};
  for (std::string& rival : rivals_of(o.method, shape)) methods.push_back(std::move(rival));
  for (const std::string& method : methods) {
    const FittedForecaster fitted =
        fit_forecaster(series, split, method, shape, o.of_method, rng.split(method), progress);
    progress.throw_if_stopped();
    scores.push_back(score(fitted, series, split.train + split.validation, series.length()));
    progress.say(fmt::format("{}: MSE {}", method, number_text(scores.back().mse)));
  }
  return scores;
}

data::Series read_series(const ForecastRequest& request) {
  return data::series_from_table(data::read_csv(request.data), request.targets, request.time);
}

}  // namespace

int64_t season_of(const data::Series& series) {
  if (series.times.empty()) return 1;
  if (series.step.months > 0) return series.step.months < 12 ? 12 / series.step.months : 1;
  const double step = series.step.seconds;
  if (step <= 0) return 1;
  if (step < kDay) return std::max<int64_t>(1, std::llround(kDay / step));
  if (step == kDay) return 7;
  return step == 7 * kDay ? 52 : 1;
}

ForecastOutcome forecast_series(const ForecastRequest& request, Progress& progress) {
  try_outputs(request);
  ForecastOutcome outcome;
  ForecastOptions o = request.options;
  const Rng rng(request.seed);
  FittedForecaster fitted;
  if (!request.model.empty()) {
    fitted = load_forecaster(request.model);
    if (o.horizon > 0) serve_horizon(fitted, o.horizon);
    ForecastRequest same = request;
    same.targets = fitted.names;
    outcome.series = read_series(same);
    outcome.interpolated = data::fill_missing(outcome.series, o.missing);
    require(outcome.series.length() >= fitted.shape.lookback,
            "{}: {} rows, the model looks back {}", outcome.series.source, outcome.series.length(),
            fitted.shape.lookback);
  } else {
    find_forecast_method(o.method);
    outcome.series = read_series(request);
    outcome.interpolated = data::fill_missing(outcome.series, o.missing);
    const ForecastShape shape = shape_for(outcome.series, o);
    outcome.scores = judge(outcome.series, o, shape, rng, progress);
    // The forecast itself may learn from the newest rows.
    const SeriesSplit all = split_by_share(outcome.series.length(), o.validation, 0);
    fitted = fit_forecaster(outcome.series, all, o.method, shape, o.of_method, rng.split(o.method),
                            progress);
    progress.throw_if_stopped();
    if (!request.save.empty()) save(fitted, request.save);
  }
  outcome.method = fitted.method, outcome.shape = fitted.shape;
  outcome.forecast = forecast(fitted, outcome.series.values);
  if (!request.out.empty()) data::write_csv(request.out, forecast_table(outcome));
  return outcome;
}

}  // namespace offprint::tasks
