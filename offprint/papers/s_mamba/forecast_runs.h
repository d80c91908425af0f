// Forecasting methods on one series, over seeds, on the same windows.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/papers/s_mamba/recipe.h"
#include "offprint/tasks/forecast.h"

namespace offprint::papers::s_mamba {

// What is forecast and how it is split; options of methods that train.
struct Bench {
  data::Series series;
  tasks::SeriesSplit split;
  tasks::ForecastShape shape;
  tasks::MethodOptions options;
};
Bench ring_bench(const data::Series& road, const Options& options);
Bench etth1_bench(data::Series series, const Options& options);

struct MethodRun {
  std::string method;
  int64_t parameters = 0;
  std::vector<double> mse = {}, mae = {},
                      seconds = {};      // a seed each, over all test windows, standardised
  std::vector<double> mse_by_step = {};  // of the first seed
};
// Methods that draw nothing run once. Says each method's result to progress.
std::vector<MethodRun> run_methods(const Bench& bench, const std::vector<std::string>& methods,
                                   int64_t seeds, const Rng& rng, Progress& progress);
const MethodRun& named(const std::vector<MethodRun>& runs, std::string_view method);

// The least of a and b's mean errors taken seed by seed: mean(a) / mean(b) with its interval.
Measurement ratio_of(const MethodRun& a, const MethodRun& b, const Rng& rng);

// Every method that trains over columns is fitted twice, once with the test rows overwritten: the
// largest difference between the forecasts from before those rows.
Measurement leak(const Rng& rng, Progress& progress);

// Fitted on the first 40 % of the columns and asked for all of them, over the error of `whole`,
// which was fitted on all.
Measurement few_columns(const Bench& bench, const MethodRun& whole, const Rng& rng,
                        Progress& progress);

// A forecast of one column beside what came, for a figure.
struct Example {
  std::string column;
  std::vector<double> history, truth;
  std::vector<std::pair<std::string, std::vector<double>>> forecasts;  // by method
};
Example example_of(const Bench& bench, const std::vector<std::string>& methods, const Rng& rng,
                   Progress& progress);

}  // namespace offprint::papers::s_mamba
