// What attention_gap.h leaves, as tables, plots and files.
#include <cmath>

#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/attention_gap.h"

namespace offprint::tasks {
namespace {

std::vector<double> steps(size_t count) {
  std::vector<double> out;
  for (size_t i = 1; i <= count; ++i) out.push_back(static_cast<double>(i));
  return out;
}

data::Table lines_table(const AttentionGap& gap) {
  data::Table table;
  table.rows = std::ssize(gap.lines);
  const auto column = [&](const char* name, auto value) {
    data::Column out{.name = name};
    for (const GapLine& line : gap.lines) out.numbers.push_back(value(line));
    table.columns.push_back(std::move(out));
  };
  column("n", [](const GapLine& l) { return static_cast<double>(l.n); });
  column("bound", [](const GapLine& l) { return l.bound; });
  column("one_layer", [](const GapLine& l) { return l.one_layer; });
  column("first_order", [](const GapLine& l) { return l.first_order; });
  column("in_context", [](const GapLine& l) { return l.in_context; });
  return table;
}

data::Table rollout_columns(const AttentionGap& gap) {
  data::Table table;
  const std::vector<double>& first = gap.trials.front().rollout_mse;
  table.rows = std::ssize(first);
  table.columns.push_back({.name = "step", .numbers = steps(first.size())});
  for (const AttentionTrial& trial : gap.trials) {
    table.columns.push_back({.name = trial.method + ", MSE", .numbers = trial.rollout_mse});
    table.columns.push_back({.name = trial.method + ", median", .numbers = trial.rollout_median});
    table.columns.push_back(
        {.name = trial.method + ", forecast", .numbers = trial.forecast_square});
  }
  return table;
}

Plot gap_plot(const AttentionGap& gap) {
  Plot plot;
  plot.title = "What one layer of linear attention loses to the linear forecast";
  plot.x_label = "context n [columns]", plot.y_label = "excess error [variance of the shocks]";
  plot.log_x = plot.log_y = true;
  const auto line = [&](const char* label, bool dashed, auto value) {
    Plot::Line out{.label = label, .dashed = dashed};
    for (const GapLine& l : gap.lines)
      out.x.push_back(static_cast<double>(l.n)), out.y.push_back(value(l));
    plot.lines.push_back(std::move(out));
  };
  line("lower bound", false, [](const GapLine& l) { return l.bound; });
  line("best single layer", false, [](const GapLine& l) { return l.one_layer; });
  line("B/n", true, [](const GapLine& l) { return l.first_order; });
  line("least squares in context", true, [](const GapLine& l) { return l.in_context; });
  return plot;
}

Plot rollout_plot(const AttentionGap& gap) {
  Plot plot;
  plot.title = fmt::format("'{}': forecasts fed back", gap.column);
  plot.x_label = "steps ahead", plot.y_label = "median squared error [variances of the column]";
  for (const AttentionTrial& trial : gap.trials)
    plot.lines.push_back({.label = trial.method,
                          .x = steps(trial.rollout_median.size()),
                          .y = trial.rollout_median});
  return plot;
}

}  // namespace

TextTable gap_table(const AttentionGap& gap) {
  TextTable table{"Excess error over the linear forecast, in variances of the shocks",
                  {"n", "lower bound", "best single layer", "B/n", "least squares in context"},
                  {}};
  for (const GapLine& l : gap.lines)
    table.rows.push_back({std::to_string(l.n), number_text(l.bound), number_text(l.one_layer),
                          number_text(l.first_order), number_text(l.in_context)});
  return table;
}

std::optional<TextTable> trial_table(const AttentionGap& gap) {
  if (gap.trials.empty()) return std::nullopt;
  TextTable table{
      fmt::format("One step ahead on the last {} rows, which no method saw", gap.tested),
      {"method", "MSE", "behind linear", "95 % interval", "MSE fed back", "exploding"},
      {}};
  for (const AttentionTrial& t : gap.trials) {
    const bool linear = &t == &gap.trials.front();
    table.rows.push_back(
        {t.method, number_text(t.mse), linear ? "–" : number_text(t.behind, 3),
         linear ? "–" : fmt::format("[{}, {}]", number_text(t.low, 2), number_text(t.high, 2)),
         t.rollout_mse.empty() ? "–" : number_text(t.rollout_mse.back(), 3),
         fmt::format("{:.1f} %", 100 * t.exploding)});
  }
  return table;
}

std::vector<Plot> gap_plots(const AttentionGap& gap) {
  std::vector<Plot> plots;
  if (!gap.lines.empty()) plots.push_back(gap_plot(gap));
  if (!gap.trials.empty() && !gap.trials.front().rollout_mse.empty())
    plots.push_back(rollout_plot(gap));
  return plots;
}

Json verdict_of(const AttentionGap& gap) {
  Json json = {{"rho", gap.process.rho},
               {"sigma", gap.process.sigma},
               {"variance", gap.variance},
               {"radius", gap.radius}};
  json["gap"] = Json::array();
  for (const GapLine& l : gap.lines)
    json["gap"].push_back({{"n", l.n},
                           {"bound", l.bound},
                           {"one_layer", l.one_layer},
                           {"first_order", l.first_order},
                           {"in_context", l.in_context}});
  if (gap.trials.empty()) return json;
  json["column"] = gap.column, json["rows"] = gap.rows, json["tested"] = gap.tested;
  json["recommended"] = gap.recommended, json["reason"] = gap.reason;
  json["methods"] = Json::array();
  for (const AttentionTrial& t : gap.trials)
    json["methods"].push_back({{"method", t.method},
                               {"mse", t.mse},
                               {"behind_linear", t.behind},
                               {"interval", {t.low, t.high}},
                               {"exploding", t.exploding}});
  return json;
}

void write_attention_gap(const AttentionGap& gap, const std::filesystem::path& folder) {
  make_folder(folder);
  data::write_csv(folder / "gap.csv", lines_table(gap));
  write_json(folder / "verdict.json", verdict_of(gap));
  if (!gap.lines.empty()) write_file(folder / "gap.svg", to_svg(gap_plot(gap)));
  if (gap.trials.empty() || gap.trials.front().rollout_mse.empty()) return;
  data::write_csv(folder / "rollout.csv", rollout_columns(gap));
  write_file(folder / "rollout.svg", to_svg(rollout_plot(gap)));
}

}  // namespace offprint::tasks
