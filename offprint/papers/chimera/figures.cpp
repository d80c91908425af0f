#include "offprint/papers/chimera/figures.h"

#include "offprint/papers/statistics.h"

namespace offprint::papers::chimera {
namespace {

std::vector<double> each(const std::vector<Detection>& seeds, double Detection::*value) {
  std::vector<double> all;
  for (const Detection& d : seeds) all.push_back(d.*value);
  return all;
}

}  // namespace

Figure scan_figure(const ScanTimes& times) {
  Plot plot;
  plot.title = "Time of the 2-D scan, forward and backward";
  plot.x_label = "cells", plot.y_label = "time [s]", plot.log_x = plot.log_y = true;
  plot.lines.push_back({.label = "8 channels, N 16", .x = times.cells, .y = times.seconds});
  return {"Slope 1 is linear in the cells.", std::move(plot)};
}

Figure recurrence_figure(const RecurrenceRun& run) {
  Figure figure = error_bars(run.runs, "Two-dimensional recurrence: one row ahead");
  figure.plot.marks.push_back({.label = "who knows the recurrence", .value = run.noise});
  figure.caption = "What a column shows next, the columns before it have shown: alone it is noise.";
  return figure;
}

TextTable audit_table(const AuditRun& run) {
  TextTable table{
      fmt::format("Faults in {}: average precision (chance), best F1 (point-adjusted)", run.series),
      {"fault", "chance"},
      {}};
  for (const std::string& method : run.methods) table.columns.push_back(method);
  for (const auto& [fault, by_method] : run.found) {
    std::vector<std::string> row = {fault, number_text(run.chance.at(fault), 2)};
    for (const std::string& method : run.methods) {
      const auto& seeds = by_method.at(method);
      row.push_back(fmt::format("{}, F1 {} ({})",
                                number_text(mean(each(seeds, &Detection::precision)), 3),
                                number_text(mean(each(seeds, &Detection::f1)), 3),
                                number_text(mean(each(seeds, &Detection::f1_adjusted)), 3)));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Figure heat_figure(const AuditRun& run) {
  Plot plot;
  plot.title = "A sensor that leaves its neighbours, by Chimera's audit";
  plot.x_label = "row, the fault begins at 60", plot.y_label = "column";
  Plot::HeatMap map{run.heat, {}};
  map.label = "score over threshold, 5 and more";
  plot.heat_map.push_back(std::move(map));
  return {"The decoupled column stands out, and so does the one it should lead.", std::move(plot)};
}

TextTable etth1_table(const std::vector<int64_t>& horizons,
                      const std::vector<std::vector<MethodRun>>& runs) {
  TextTable table{"ETTh1, seven columns from 96 hours: MSE", {"hours"}, {}};
  for (const MethodRun& run : runs.front()) table.columns.push_back(run.method);
  for (size_t i = 0; i < runs.size(); ++i) {
    std::vector<std::string> row = {std::to_string(horizons[i])};
    for (const MethodRun& run : runs[i]) row.push_back(number_text(mean(run.mse)));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace offprint::papers::chimera
