// What audit_series.h shows: plot, tables and JSON of an outcome.
#include <algorithm>
#include <numeric>

#include "offprint/tasks/audit_series.h"

namespace offprint::tasks {
namespace {

std::string when(const data::Series& series, int64_t row) {
  return series.times.empty()
             ? std::to_string(row + 1)
             : data::cell_text(series.times[static_cast<size_t>(row)], data::ColumnKind::time);
}

struct ColumnFinding {
  std::string name;
  int64_t above = 0;      // rows above the threshold, after the normal ones
  int64_t strangest = 0;  // row
  double ratio = 0;       // of its score to the threshold
};

// Strangest first. Rows that were taken as normal are judged where there are no others.
std::vector<ColumnFinding> findings(const AuditOutcome& outcome) {
  const AuditScores& found = outcome.found;
  const int64_t T = outcome.series.length(), from = found.train < T ? found.train : found.first;
  const Tensor ratios = found.scores / (found.thresholds + 1e-12);
  std::vector<ColumnFinding> all;
  for (size_t v = 0; v < outcome.series.names.size(); ++v) {
    const Tensor column = ratios.select(1, static_cast<int64_t>(v)).slice(0, from);
    const int64_t row = column.argmax().item<int64_t>();
    all.push_back({outcome.series.names[v], column.gt(1).sum().item<int64_t>(), from + row,
                   column[row].item<double>()});
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &ColumnFinding::ratio);
  return all;
}

}  // namespace

TextTable strangest_table(const AuditOutcome& outcome) {
  const int64_t T = outcome.series.length();
  TextTable table{
      "", {"column", "rows above threshold", "strangest at", "score over threshold"}, {}};
  const int64_t judged = outcome.found.train < T ? T - outcome.found.train : T;
  for (const ColumnFinding& f : findings(outcome))
    table.rows.push_back({f.name, fmt::format("{} of {}", f.above, judged),
                          when(outcome.series, f.strangest), number_text(f.ratio, 3)});
  return table;
}

Plot audit_plot(const AuditOutcome& outcome) {
  constexpr int64_t kMostColumns = 300;
  constexpr double kMost = 5;  // beyond it all are strange, and would make the rest look the same
  const int64_t T = outcome.series.length(), wide = (T + kMostColumns - 1) / kMostColumns;
  const Tensor ratios =
      (outcome.found.scores / (outcome.found.thresholds + 1e-12)).clamp_max(kMost);
  Plot plot;
  plot.title = fmt::format("How strange each value is, by {}", outcome.method);
  plot.x_label = wide == 1 ? "row" : fmt::format("{} rows each", wide);
  std::string names;
  for (const std::string& name : outcome.series.names) names += (names.empty() ? "" : ", ") + name;
  plot.y_label =
      names.size() <= 40 ? names : fmt::format("{} columns", outcome.series.names.size());
  Plot::HeatMap map{{}, "score over threshold, 5 and more"};
  for (int64_t v = 0; v < ratios.size(1); ++v) {
    std::vector<double> row;
    // The largest of each stretch: a spike must not drown in its neighbours.
    for (int64_t t = 0; t < T; t += wide)
      row.push_back(ratios.select(1, v).slice(0, t, t + wide).max().item<double>());
    map.values.push_back(std::move(row));
  }
  plot.heat_map.push_back(std::move(map));
  return plot;
}

data::Table audit_table(const AuditOutcome& outcome) {
  const data::Series& series = outcome.series;
  data::Table table;
  table.rows = series.length();
  data::Column time{.name = series.times.empty() ? "row" : "time"};
  time.kind = series.times.empty() ? data::ColumnKind::number : data::ColumnKind::time;
  time.numbers = series.times;
  if (series.times.empty()) {
    time.numbers.resize(static_cast<size_t>(table.rows));
    std::iota(time.numbers.begin(), time.numbers.end(), 1.0);
  }
  table.columns.push_back(std::move(time));
  data::Column above{.name = "above threshold", .kind = data::ColumnKind::text};
  above.texts.resize(static_cast<size_t>(table.rows));
  for (size_t v = 0; v < series.names.size(); ++v) {
    const auto column = static_cast<int64_t>(v);
    table.columns.push_back(
        {.name = series.names[v], .numbers = data::column_of(outcome.found.scores, column)});
    const double threshold = outcome.found.thresholds[column].item<double>();
    for (size_t t = 0; t < above.texts.size(); ++t)
      if (table.columns.back().numbers[t] > threshold)
        above.texts[t] += (above.texts[t].empty() ? "" : " ") + series.names[v];
  }
  table.columns.push_back(std::move(above));
  return table;
}

Json to_json(const AuditOutcome& outcome) {
  Json json = {{"method", outcome.method},
               {"rows", outcome.series.length()},
               {"normal_rows", outcome.found.train},
               {"interpolated", outcome.interpolated}};
  json["columns"] = Json::array();
  for (const ColumnFinding& f : findings(outcome)) {
    const auto v = std::ranges::find(outcome.series.names, f.name) - outcome.series.names.begin();
    json["columns"].push_back({{"name", f.name},
                               {"rows_above", f.above},
                               {"strangest", when(outcome.series, f.strangest)},
                               {"score_over_threshold", f.ratio},
                               {"threshold", outcome.found.thresholds[v].item<double>()},
                               {"scores", data::column_of(outcome.found.scores, v)}});
  }
  return json;
}

}  // namespace offprint::tasks
