#include "offprint/papers/s_mamba/figures.h"

#include "offprint/papers/statistics.h"

namespace offprint::papers::s_mamba {

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
