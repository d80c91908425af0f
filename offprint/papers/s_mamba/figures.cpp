#include "offprint/papers/s_mamba/figures.h"

#include "offprint/papers/statistics.h"

namespace offprint::papers::s_mamba {
namespace {

std::vector<double> counting(int64_t first, size_t count) {
  std::vector<double> out;
  for (size_t i = 0; i < count; ++i)
    out.push_back(static_cast<double>(first + static_cast<int64_t>(i)));
  return out;
}

}  // namespace

TextTable run_table(const std::vector<MethodRun>& runs, std::string title) {
  TextTable table{
      std::move(title),
      {"method", "MSE", "MAE", "least to largest MSE", "seeds", "parameters", "fit [s]"},
      {}};
  for (const MethodRun& run : runs)
    table.rows.push_back({run.method, number_text(mean(run.mse)), number_text(mean(run.mae)),
                          fmt::format("{} to {}", number_text(std::ranges::min(run.mse)),
                                      number_text(std::ranges::max(run.mse))),
                          std::to_string(run.mse.size()), std::to_string(run.parameters),
                          number_text(mean(run.seconds), 2)});
  return table;
}

Figure error_bars(const std::vector<MethodRun>& runs, std::string title) {
  Plot plot;
  plot.title = std::move(title), plot.y_label = "MSE, standardised";
  Plot::Bars bars{.label = "mean over seeds, least to largest"};
  for (const MethodRun& run : runs) {
    plot.categories.push_back(run.method);
    bars.values.push_back(mean(run.mse));
    bars.low.push_back(std::ranges::min(run.mse)), bars.high.push_back(std::ranges::max(run.mse));
  }
  plot.bars.push_back(std::move(bars));
  return {"Lower is better; every window of the test rows counts.", std::move(plot)};
}

Figure error_by_step(const std::vector<MethodRun>& runs, std::string title) {
  Plot plot;
  plot.title = std::move(title);
  plot.x_label = "rows ahead", plot.y_label = "MSE, standardised";
  for (const MethodRun& run : runs)
    plot.lines.push_back(
        {.label = run.method, .x = counting(1, run.mse_by_step.size()), .y = run.mse_by_step});
  return {"Where the columns help: near steps, whose causes a neighbour has shown already.",
          std::move(plot)};
}

Figure example_figure(const Example& e) {
  Plot plot;
  plot.title = fmt::format("{}: the first test window", e.column);
  plot.x_label = "rows from now", plot.y_label = e.column;
  const auto past = static_cast<int64_t>(e.history.size());
  plot.lines.push_back(
      {.label = "history", .x = counting(1 - past, e.history.size()), .y = e.history});
  plot.lines.push_back(
      {.label = "what came", .x = counting(1, e.truth.size()), .y = e.truth, .dashed = true});
  for (const auto& [method, values] : e.forecasts)
    plot.lines.push_back({.label = method, .x = counting(1, values.size()), .y = values});
  return {"One column, one window; the bars are over all of them.", std::move(plot)};
}

Figure time_figure(const StepTimes& t) {
  Plot plot;
  plot.title = "Time of a training step over the number of columns";
  plot.x_label = "columns V", plot.y_label = "time a step [s]";
  plot.log_x = plot.log_y = true;
  plot.lines.push_back({.label = "S-Mamba", .x = t.columns, .y = t.mamba});
  plot.lines.push_back({.label = "attention twin", .x = t.columns, .y = t.attention});
  return {"Slope 1 is linear in the columns, slope 2 quadratic.", std::move(plot)};
}

TextTable time_table(const StepTimes& t) {
  TextTable table{"Time of a training step [s]", {"columns", "S-Mamba", "attention twin"}, {}};
  for (size_t i = 0; i < t.columns.size(); ++i)
    table.rows.push_back(
        {number_text(t.columns[i]), number_text(t.mamba[i], 3), number_text(t.attention[i], 3)});
  return table;
}

}  // namespace offprint::papers::s_mamba
