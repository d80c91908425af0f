#include "offprint/papers/monarch_mixer/figures.h"

namespace offprint::papers::monarch_mixer {
Figure product_figure(const ProductTimes& t) {
  Plot plot;
  plot.title = "One product of N entries, 64 columns";
  plot.x_label = "entries N", plot.y_label = "time [s]";
  plot.log_x = plot.log_y = true;
  plot.lines.push_back({.label = "Monarch, order 2", .x = t.sizes, .y = t.order2});
  plot.lines.push_back({.label = "Monarch, order 3", .x = t.sizes, .y = t.order3});
  plot.lines.push_back({.label = "dense", .x = t.dense_sizes(), .y = t.dense});
  plot.lines.push_back({.label = "FFT", .x = t.sizes, .y = t.fft});
  return {"Order p grows as N^(1 + 1/p), a dense matrix as N^2, the FFT as N log N.",
          std::move(plot)};
}

Figure mixer_figure(const MixerTimes& t) {
  Plot plot;
  plot.title = "Forward and backward over a sequence";
  plot.x_label = "steps L", plot.y_label = "time [s]";
  plot.log_x = plot.log_y = true;
  plot.lines.push_back({.label = "gated convolution, Monarch", .x = t.steps, .y = t.monarch});
  plot.lines.push_back({.label = "gated convolution, FFT", .x = t.steps, .y = t.fft});
  plot.lines.push_back({.label = "attention, one head", .x = t.steps, .y = t.attention});
  return {"The longer the sequence, the further attention falls behind.", std::move(plot)};
}

TextTable mixer_table(const MixerTimes& t) {
  TextTable table{
      "Forward and backward over a sequence [s]", {"steps", "Monarch", "FFT", "attention"}, {}};
  for (size_t i = 0; i < t.steps.size(); ++i)
    table.rows.push_back({number_text(t.steps[i]), number_text(t.monarch[i], 3),
                          number_text(t.fft[i], 3), number_text(t.attention[i], 3)});
  return table;
}

Figure learning_figure(const std::vector<LanguageRun>& runs, const Options& o, std::string title) {
  Plot plot;
  plot.title = std::move(title);
  plot.x_label = "optimiser steps", plot.y_label = "held-out loss [nats a byte]";
  for (const LanguageRun& run : runs) {
    std::vector<double> steps;
    for (size_t i = 1; i <= run.learning.size(); ++i)
      steps.push_back(static_cast<double>(o.language_steps) * static_cast<double>(i) /
                      static_cast<double>(run.learning.size()));
    plot.lines.push_back({.label = run.name, .x = steps, .y = run.learning});
  }
  return {"The first seed of each, on text that neither saw.", std::move(plot)};
}

}  // namespace offprint::papers::monarch_mixer
