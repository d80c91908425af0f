#include <algorithm>

#include "offprint/papers/forecast_study.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers {
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

Figure error_by_step(const std::vector<MethodRun>& runs, std::string title, std::string caption) {
  Plot plot;
  plot.title = std::move(title);
  plot.x_label = "rows ahead", plot.y_label = "MSE, standardised";
  for (const MethodRun& run : runs)
    plot.lines.push_back(
        {.label = run.method, .x = counting(1, run.mse_by_step.size()), .y = run.mse_by_step});
  return {std::move(caption), std::move(plot)};
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

}  // namespace offprint::papers
