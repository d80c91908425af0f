// A forecasting method fitted to a series, with its scales and the quantiles around its forecasts.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/core/table.h"
#include "offprint/data/series.h"
#include "offprint/tasks/forecaster.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {

// Quantiles that every forecast comes with.
const std::vector<double>& forecast_levels();  // 0.05, 0.1, 0.5, 0.9, 0.95

struct FittedForecaster {
  std::string method;
  ForecastShape shape;
  MethodOptions options;
  std::vector<std::string> names;  // V columns
  Standardizer scale;              // of the rows it was fitted on
  std::unique_ptr<Forecaster> forecaster;
  Tensor offsets;      // (Q,H,V) of forecast_levels(), standardised; undefined where no window
                       // fitted into the validation rows
  double seconds = 0;  // to fit
};

// Fits on the first split.train rows, chooses and calibrates on the split.validation after them.
// Throws Error on an unknown method, values that are not finite, and too few rows.
FittedForecaster fit_forecaster(const data::Series& series, const SeriesSplit& split,
                                const std::string& method, const ForecastShape& shape,
                                const MethodOptions& options, Rng rng, Progress& progress);

struct Forecast {
  Tensor mean;       // (H,V) in the series' units
  Tensor quantiles;  // (Q,H,V), or undefined
};
// After `history` (T,V) in the series' units, the newest row last. Throws Error on T < lookback.
Forecast forecast(const FittedForecaster& fitted, const Tensor& history);

// From here on the horizon is this one, with quantiles as far as they were judged, else none.
// Throws Error where the method serves only the horizon it was fitted for.
void serve_horizon(FittedForecaster& fitted, int64_t horizon);

// Errors over every window of the rows [from, until), none left out, in standardised units, as the
// literature gives them.
struct ForecastScore {
  std::string method;
  int64_t windows = 0;
  double mse = 0, mae = 0;
  double mase =
      0;  // mae over that of the same season before, in the training rows: below 1 beats it
  std::optional<double> coverage;  // share of truths between the 0.1 and the 0.9 quantile
  std::optional<double> quantile_loss;
  double seconds = 0;                    // to fit
  std::vector<double> mse_by_step = {};  // (H)
};
// Throws Error where no window fits.
ForecastScore score(const FittedForecaster& fitted, const data::Series& series, int64_t from,
                    int64_t until);

TextTable score_table(const std::vector<ForecastScore>& scores);

// FOLDER/forecaster.safetensors, atomic; loaded it gives the same forecasts bit for bit.
void save(const FittedForecaster& fitted, const std::filesystem::path& folder);
FittedForecaster load_forecaster(const std::filesystem::path& folder);

}  // namespace offprint::tasks
