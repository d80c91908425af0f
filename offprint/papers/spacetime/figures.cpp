#include "offprint/papers/spacetime/figures.h"

#include <algorithm>

#include "offprint/papers/statistics.h"

namespace offprint::papers::spacetime {
namespace {

std::vector<double> counting(size_t n, double from) {
  std::vector<double> out;
  for (size_t i = 0; i < n; ++i) out.push_back(from + static_cast<double>(i));
  return out;
}

std::string label(const std::string& method) {
  if (method == "spacetime") return "SpaceTime";
  if (method == "oracle") return "true coefficients";
  return method;
}

}  // namespace

Figure time_figure(const FilterTimes& t) {
  Plot plot;
  plot.title = fmt::format("Time of one output filter of {} steps", t.steps);
  plot.x_label = "state size d", plot.y_label = "seconds";
  plot.log_x = plot.log_y = true;
  plot.lines.push_back({.label = "power series", .x = t.states, .y = t.fast});
  plot.lines.push_back({.label = "dense powers", .x = t.states, .y = t.dense, .dashed = true});
  return {"The least of several turns, four systems at a time.", std::move(plot)};
}

Figure process_figure(const ArRun& run) {
  Plot plot;
  plot.title = fmt::format("AR({}), {} steps ahead", run.order, run.truth.size());
  plot.x_label = "steps from the last one known", plot.y_label = "x";
  plot.lines.push_back({.label = "the process",
                        .x = counting(run.past.size(), 1 - static_cast<double>(run.past.size())),
                        .y = run.past,
                        .dashed = true});
  plot.lines.push_back(
      {.label = "what came", .x = counting(run.truth.size(), 1), .y = run.truth, .dashed = true});
  for (const char* method : {"oracle", "spacetime", "s4d"})
    plot.lines.push_back({.label = label(method),
                          .x = counting(run.example.at(method).size(), 1),
                          .y = run.example.at(method)});
  return {"The first test window. No forecast can follow the shocks that were still to come.",
          std::move(plot)};
}

Figure process_error_figure(const ArRun& run) {
  Plot plot;
  plot.title = fmt::format("AR({}): error over the steps ahead", run.order);
  plot.x_label = "steps ahead", plot.y_label = "mean squared error, variance 1";
  for (const auto& [method, errors] : run.by_step)
    plot.lines.push_back({.label = label(method),
                          .x = counting(errors.size(), 1),
                          .y = errors,
                          .dashed = method == "oracle"});
  return {"All test windows of the first seed.", std::move(plot)};
}

Figure copy_figure(const CopyRun& run) {
  Plot plot;
  plot.title = "One state space copies the process";
  plot.x_label = "lag", plot.y_label = "coefficient";
  Plot::Bars truth{"true coefficients", {}, {}, {}}, learnt{"filter C A^k B", {}, {}, {}};
  for (size_t i = 0; i < run.filter.size(); ++i) {
    plot.categories.push_back(std::to_string(i + 1));
    truth.values.push_back(i < run.phi.size() ? run.phi[i] : 0);
    learnt.values.push_back(run.filter[i]);
  }
  plot.bars = {std::move(truth), std::move(learnt)};
  return {"Learnt from sequences alone; beyond the order the filter has to be silent.",
          std::move(plot)};
}

Figure longer_figure(const LongerRun& run) {
  Plot plot;
  plot.title = fmt::format("ETTh1: asked for {} hours", run.asked);
  plot.x_label = "hours ahead", plot.y_label = "mean squared error, standardised";
  const std::vector<double> x = counting(run.by_step.size(), 1);
  plot.lines.push_back(
      {.label = fmt::format("trained on {}", run.trained), .x = x, .y = run.by_step});
  plot.lines.push_back({.label = fmt::format("trained on {}", run.asked),
                        .x = x,
                        .y = run.reference_by_step,
                        .dashed = true});
  plot.marks.push_back({"trained up to here", static_cast<double>(run.trained), true});
  return {"One closed loop rolls on past the horizon that it was trained for.", std::move(plot)};
}

Figure horizon_figure(const std::vector<HorizonRun>& runs) {
  Plot plot;
  plot.title = "ETTh1, oil temperature";
  plot.x_label = "horizon [h]", plot.y_label = "mean squared error, standardised";
  std::map<std::string, Plot::Bars> bars;
  for (const HorizonRun& run : runs) {
    plot.categories.push_back(std::to_string(run.horizon));
    for (const auto& [method, errors] : run.mse) {
      const auto [low, high] = std::ranges::minmax(errors);
      Plot::Bars& of = bars[method];
      of.label = label(method), of.values.push_back(mean(errors));
      of.low.push_back(low), of.high.push_back(high);
    }
  }
  for (auto& [method, of] : bars) plot.bars.push_back(std::move(of));
  return {"Test months of Informer's split; mean over seeds with the least and the most.",
          std::move(plot)};
}

Figure race_figure(const std::vector<RaceRun>& runs) {
  Plot plot;
  plot.title = "ETTh1, 96 hours: validation error over training time";
  plot.x_label = "training time [s]", plot.y_label = "mean squared error";
  for (const RaceRun& run : runs)
    plot.lines.push_back({.label = label(run.method), .x = run.seconds, .y = run.mse});
  return {"As many parameters each; the time of validation does not count.", std::move(plot)};
}

TextTable process_table(const std::vector<ArRun>& runs) {
  TextTable table{
      "Autoregressive processes, 64 steps ahead: MSE over that of the true coefficients",
      {"process", "method", "MSE", "ratio", "seeds"},
      {}};
  for (const ArRun& run : runs)
    for (const auto& [method, errors] : run.mse)
      table.rows.push_back(
          {fmt::format("AR({})", run.order), label(method), number_text(mean(errors)),
           number_text(mean(errors) / mean(run.mse.at("oracle"))), std::to_string(errors.size())});
  return table;
}

TextTable horizon_table(const std::vector<HorizonRun>& runs) {
  TextTable table{"ETTh1, oil temperature: MSE of standardised values, Informer's split",
                  {"hours", "method", "MSE", "least", "most", "seeds"},
                  {}};
  for (const HorizonRun& run : runs)
    for (const auto& [method, errors] : run.mse) {
      const auto [low, high] = std::ranges::minmax(errors);
      table.rows.push_back({std::to_string(run.horizon), label(method), number_text(mean(errors)),
                            number_text(low), number_text(high), std::to_string(errors.size())});
    }
  return table;
}

TextTable race_table(const std::vector<RaceRun>& runs) {
  TextTable table{"The race", {"model", "parameters", "best MSE", "seconds in all"}, {}};
  for (const RaceRun& run : runs)
    table.rows.push_back({label(run.method), std::to_string(run.parameters),
                          number_text(*std::ranges::min_element(run.mse)),
                          number_text(run.seconds.back())});
  return table;
}

}  // namespace offprint::papers::spacetime
