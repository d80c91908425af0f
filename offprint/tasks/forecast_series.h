// The verb `forecast` on a user's series: a method is fitted on the early rows and judged on the
// last ones beside simple rivals that see the same windows; then fitted anew on all rows for the
// forecast itself.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/options.h"
#include "offprint/core/plot.h"
#include "offprint/tasks/forecast.h"

namespace offprint::tasks {

struct ForecastOptions {
  std::string method = "ridge";
  int64_t horizon = 0, lookback = 0, season = 0;
  double validation = 0.1, test = 0.2;
  std::string missing = "error";
  MethodOptions of_method = {};
  void visit(auto&& field) {
    field("horizon", horizon, "rows to forecast; 0: 24, or what the saved model was fitted for");
    field("lookback", lookback,
          "rows a forecast sees; 0: four seasons, at least the horizon, at most a quarter of all");
    field("season", season, "rows until the pattern repeats; 0: by the time step, 1: none");
    field("validation", validation, "share of the rows that chooses and calibrates");
    field("test", test, "share of the rows kept apart to judge on; 0: no judgement");
    field("missing", missing, "where a value is missing: stop, or draw a straight line",
          {"error", "interpolate"});
    of_method.visit(field);
  }
};

struct ForecastRequest {
  std::filesystem::path data = {}, model = {}, save = {}, out = {};  // all but data may be empty
  std::vector<std::string> targets = {};                             // columns; empty: all numbers
  std::string time = {};  // column; empty: the one of times, if there is one
  uint64_t seed = 1;
  ForecastOptions options = {};
};

struct ForecastOutcome {
  std::string method;
  data::Series series;                // as it was forecast, holes filled
  std::vector<ForecastScore> scores;  // the method, then its rivals; empty where none was judged
  Forecast forecast;
  ForecastShape shape;
  int64_t interpolated = 0;
};

// Without `model`: judges, fits, saves where asked, forecasts. With it: loads and forecasts. Where
// results go is tried before the work begins. Throws Error, one line, with what the file or the
// options lack.
ForecastOutcome forecast_series(const ForecastRequest& request, Progress& progress);

// Rows until the pattern of such a step repeats: a day of steps below a day, a week of days, a year
// of months and weeks; 1 where nothing is known.
int64_t season_of(const data::Series& series);

Plot forecast_plot(const ForecastOutcome& outcome, int64_t column);
// time (or row), then of each column: forecast and a column a quantile.
data::Table forecast_table(const ForecastOutcome& outcome);
Json to_json(const ForecastOutcome& outcome);

}  // namespace offprint::tasks
