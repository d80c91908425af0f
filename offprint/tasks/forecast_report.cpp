// What forecast_series.h shows: plot, table and JSON of an outcome.
#include "offprint/tasks/forecast_series.h"

namespace offprint::tasks {
namespace {

std::vector<double> steps(int64_t first, int64_t count) {
  std::vector<double> out;
  for (int64_t i = 0; i < count; ++i) out.push_back(static_cast<double>(first + i));
  return out;
}

std::string quantile_name(double level) { return fmt::format("q{:g}", 100 * level); }

std::string unit_of(const data::Series& series) {
  return series.times.empty() ? "rows" : "steps of " + data::step_text(series.step);
}

}  // namespace

Plot forecast_plot(const ForecastOutcome& outcome, int64_t column) {
  const data::Series& series = outcome.series;
  const int64_t shown = std::min(series.length(), 3 * outcome.shape.horizon + outcome.shape.season);
  Plot plot;
  plot.title =
      fmt::format("{} by {}", series.names.at(static_cast<size_t>(column)), outcome.method);
  plot.x_label = fmt::format("time from now [{}]", unit_of(series));
  plot.y_label = series.names.at(static_cast<size_t>(column));
  plot.lines.push_back({.label = "history",
                        .x = steps(1 - shown, shown),
                        .y = data::column_of(series.values.slice(0, -shown), column)});
  Plot::Line ahead{.label = "forecast, 80 % band",
                   .x = steps(1, outcome.shape.horizon),
                   .y = data::column_of(outcome.forecast.mean, column)};
  if (outcome.forecast.quantiles.defined()) {
    ahead.low = data::column_of(outcome.forecast.quantiles[1], column);
    ahead.high = data::column_of(outcome.forecast.quantiles[3], column);
  } else {
    ahead.label = "forecast";
  }
  plot.lines.push_back(std::move(ahead));
  return plot;
}

data::Table forecast_table(const ForecastOutcome& outcome) {
  const data::Series& series = outcome.series;
  data::Table table;
  table.rows = outcome.shape.horizon;
  data::Column when{.name = series.times.empty() ? "row" : "time"};
  when.kind = series.times.empty() ? data::ColumnKind::number : data::ColumnKind::time;
  for (int64_t h = 1; h <= outcome.shape.horizon; ++h)
    when.numbers.push_back(series.times.empty() ? static_cast<double>(series.length() + h)
                                                : data::after(series.times.back(), series.step, h));
  table.columns.push_back(std::move(when));
  for (size_t v = 0; v < series.names.size(); ++v) {
    const auto column = static_cast<int64_t>(v);
    table.columns.push_back(
        {.name = series.names[v], .numbers = data::column_of(outcome.forecast.mean, column)});
    if (!outcome.forecast.quantiles.defined()) continue;
    for (size_t q = 0; q < forecast_levels().size(); ++q)
      table.columns.push_back({.name = series.names[v] + "_" + quantile_name(forecast_levels()[q]),
                               .numbers = data::column_of(
                                   outcome.forecast.quantiles[static_cast<int64_t>(q)], column)});
  }
  return table;
}

Json to_json(const ForecastOutcome& outcome) {
  Json json = {{"method", outcome.method},           {"horizon", outcome.shape.horizon},
               {"lookback", outcome.shape.lookback}, {"season", outcome.shape.season},
               {"rows", outcome.series.length()},    {"interpolated", outcome.interpolated}};
  json["scores"] = Json::array();
  for (const ForecastScore& s : outcome.scores)
    json["scores"].push_back(
        {{"method", s.method},
         {"windows", s.windows},
         {"mse", s.mse},
         {"mae", s.mae},
         {"mase", s.mase},
         {"coverage", s.coverage ? Json(*s.coverage) : Json(nullptr)},
         {"quantile_loss", s.quantile_loss ? Json(*s.quantile_loss) : Json(nullptr)},
         {"seconds", s.seconds},
         {"mse_by_step", s.mse_by_step}});
  json["forecast"] = Json::object();
  const data::Table table = forecast_table(outcome);
  for (const data::Column& column : table.columns)
    json["forecast"][column.name] = column.kind == data::ColumnKind::time
                                        ? Json(table.texts(column.name))
                                        : Json(column.numbers);
  return json;
}

}  // namespace offprint::tasks
