#include "offprint/papers/forecast_study.h"

#include <algorithm>
#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/data/catalog.h"
#include "offprint/data/csv.h"
#include "offprint/nn/parameters.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers {
namespace {

// DLinear converges slower from its averaging start and costs nothing: it gets more passes.
tasks::MethodOptions options_for_method(const ForecastStudy& study, std::string_view method) {
  tasks::MethodOptions o = study.options;
  if (method == "dlinear") o.epochs = std::max<int64_t>(10, o.epochs);
  return o;
}

}  // namespace

std::optional<data::Series> find_ett(std::string_view name, const std::string& folder,
                                     const std::vector<std::string>& columns) {
  const auto set =
      folder.empty() ? data::find_set("ett") : std::optional(std::filesystem::path(folder));
  const auto file = set ? *set / fmt::format("{}.csv", name) : std::filesystem::path();
  if (!set || !std::filesystem::exists(file)) return std::nullopt;
  return data::series_from_table(data::read_csv(file), columns, "date");
}

std::string ett_missing(std::string_view name) {
  return fmt::format("{} skipped: {}.csv is not here; `offprint data get ett` gets it", name, name);
}

tasks::FittedForecaster fitted(const ForecastStudy& study, const std::string& method,
                               const Rng& rng, Progress& progress) {
  auto f = tasks::fit_forecaster(study.series, study.split, method, study.shape,
                                 options_for_method(study, method), rng, progress);
  progress.throw_if_stopped();
  return f;
}

std::vector<MethodRun> run_methods(const ForecastStudy& study,
                                   const std::vector<std::string>& methods, int64_t seeds,
                                   const Rng& rng, Progress& progress) {
  const int64_t from = study.known(), until = study.split.rows();
  std::vector<MethodRun> runs;
  for (const std::string& method : methods) {
    MethodRun run{method};
    for (int64_t seed = 0; seed < (tasks::find_forecast_method(method).draws ? seeds : 1); ++seed) {
      // Twins of one seed share weights and batches: the rng does not know the method.
      const auto f = fitted(study, method, rng.split(static_cast<uint64_t>(seed)), progress);
      const tasks::ForecastScore s = tasks::score(f, study.series, from, until);
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

Measurement leak(const ForecastStudy& study, const std::vector<std::string>& methods,
                 const Rng& rng, Progress& progress) {
  ForecastStudy poisoned = study;
  poisoned.series.values = study.series.values.clone();
  poisoned.series.values.slice(0, study.known()).fill_(1e6);
  const Tensor history = study.series.values.slice(0, 0, study.known());
  double worst = 0;
  for (const std::string& method : methods) {
    const auto a = tasks::forecast(fitted(study, method, rng, progress), history);
    const auto b = tasks::forecast(fitted(poisoned, method, rng, progress), history);
    worst = std::max({worst, max_abs_diff(a.mean, b.mean), max_abs_diff(a.quantiles, b.quantiles)});
  }
  return {worst, "", fmt::format("largest of {} methods, means and quantiles", methods.size()), ""};
}

Example example_of(const ForecastStudy& study, const std::vector<std::string>& methods,
                   const Rng& rng, Progress& progress) {
  const int64_t column = study.shape.variates / 2, shown = 48;
  const int64_t now = study.known();
  const Tensor values = study.series.values;
  Example out;
  out.column = study.series.names[static_cast<size_t>(column)];
  out.history = numbers(values.slice(0, now - std::min(shown, now), now).select(1, column));
  out.truth = numbers(values.slice(0, now, now + study.shape.horizon).select(1, column));
  for (const std::string& method : methods) {
    const auto f = fitted(study, method, rng.split(uint64_t{0}), progress);
    out.forecasts.emplace_back(
        method, numbers(tasks::forecast(f, values.slice(0, 0, now)).mean.select(1, column)));
  }
  return out;
}

}  // namespace offprint::papers
