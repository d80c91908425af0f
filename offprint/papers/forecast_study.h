// Forecasting methods on one series, over seeds, on the same windows: what the papers that forecast
// measure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/data/series.h"
#include "offprint/papers/run_card.h"
#include "offprint/tasks/forecast.h"

namespace offprint::papers {

// ETTh1, ETTh2, ... of the set `ett`: these columns, or all where none are named; nullopt where the
// file is not there. `folder`: a user's, or empty for the catalogue's look-up.
std::optional<data::Series> find_ett(std::string_view name, const std::string& folder,
                                     const std::vector<std::string>& columns);
// What a card says of a file that is not there.
std::string ett_missing(std::string_view name);

// What is forecast and how it is split; options of methods that train.
struct ForecastStudy {
  data::Series series;
  tasks::SeriesSplit split;
  tasks::ForecastShape shape;
  tasks::MethodOptions options;

  int64_t known() const { return split.train + split.validation; }  // rows before the test's
};

struct MethodRun {
  std::string method;
  int64_t parameters = 0;
  std::vector<double> mse = {}, mae = {},
                      seconds = {};      // a seed each, over all test windows, standardised
  std::vector<double> mse_by_step = {};  // of the first seed
};
// Methods that draw nothing run once. Says each method's result to progress.
std::vector<MethodRun> run_methods(const ForecastStudy& study,
                                   const std::vector<std::string>& methods, int64_t seeds,
                                   const Rng& rng, Progress& progress);
const MethodRun& named(const std::vector<MethodRun>& runs, std::string_view method);
// The same method fitted once.
tasks::FittedForecaster fitted(const ForecastStudy& study, const std::string& method,
                               const Rng& rng, Progress& progress);

// mean(a) / mean(b) of the errors with an interval, taken seed by seed.
Measurement ratio_of(const MethodRun& a, const MethodRun& b, const Rng& rng);

// Every method is fitted twice, once with the test rows overwritten: the largest difference between
// the forecasts from before those rows, means and quantiles.
Measurement leak(const ForecastStudy& study, const std::vector<std::string>& methods,
                 const Rng& rng, Progress& progress);

// A forecast of one column beside what came, for a figure.
struct Example {
  std::string column;
  std::vector<double> history, truth;
  std::vector<std::pair<std::string, std::vector<double>>> forecasts;  // by method
};
Example example_of(const ForecastStudy& study, const std::vector<std::string>& methods,
                   const Rng& rng, Progress& progress);

TextTable run_table(const std::vector<MethodRun>& runs, std::string title);
Figure error_bars(const std::vector<MethodRun>& runs, std::string title);
Figure error_by_step(const std::vector<MethodRun>& runs, std::string title, std::string caption);
Figure example_figure(const Example& example);

}  // namespace offprint::papers
