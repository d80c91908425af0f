#include "offprint/papers/hippo/figures.h"

#include <algorithm>
#include <map>

#include "offprint/core/numbers.h"
#include "offprint/nn/hippo_basis.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::hippo {
namespace {

std::vector<double> counting(size_t n) {
  std::vector<double> out;
  for (size_t i = 0; i < n; ++i) out.push_back(static_cast<double>(i));
  return out;
}

std::string text(const std::vector<double>& values) { return number_text(mean(values)); }

}  // namespace

Figure basis_figure(nn::Basis basis) {
  constexpr int64_t kPoints = 400, kOrder = 32;
  const double reach = basis == nn::Basis::legs ? 4.0 : 1.5;
  const double step = reach / static_cast<double>(kPoints);
  const Tensor s = at::arange(kPoints, at::TensorOptions().dtype(at::kDouble)) * step;
  const Tensor K = nn::dense_kernels(nn::hippo(basis, kOrder), step, kPoints);
  const bool ends = nn::ends_with_window(basis);
  const Tensor within = ends ? s.masked_select(s <= 1) : s;
  const Tensor closed = nn::basis_kernels(basis, kOrder, within);
  Plot plot;
  plot.title = fmt::format("Kernels of {}, N {}", nn::basis_name(basis), kOrder);
  plot.x_label = "lag [windows]", plot.y_label = "e_n^T exp(sA) B";
  for (const int64_t row : {0, 2, 3}) {
    plot.lines.push_back(
        {.label = fmt::format("n = {}", row), .x = numbers(s), .y = numbers(K[row])});
    plot.lines.push_back({.label = fmt::format("n = {}, closed form", row),
                          .x = numbers(within),
                          .y = numbers(closed[row]),
                          .dashed = true});
  }
  return {ends ? "By matrix exponential, and the basis it tends to. Past the window's end what is "
                 "left leaks out."
               : "By matrix exponential, and in closed form: Legendre polynomials of e^-s, fading.",
          std::move(plot)};
}

Figure gram_figure(const std::vector<std::vector<double>>& gram, const char* basis) {
  Plot plot;
  plot.title = fmt::format("Gram matrix of {}'s first {} kernels, N 64", basis, gram.size());
  plot.x_label = "m", plot.y_label = "n";
  plot.heat_map.push_back({gram, "int K_n K_m ds over the window"});
  return {"The identity would be an orthonormal basis; what differs is the window's edge.",
          std::move(plot)};
}

Figure gram_error_figure(const WindowGram& g) {
  Plot plot;
  plot.title = "Orthogonality inside the window";
  plot.x_label = "state size N", plot.y_label = "largest difference of Gram matrices";
  plot.log_x = plot.log_y = true;
  const std::vector<double> N(g.orders.begin(), g.orders.end());
  plot.lines.push_back({.label = "legt", .x = N, .y = g.legt});
  plot.lines.push_back({.label = "fout", .x = N, .y = g.fout});
  plot.marks.push_back({"our bar at N 64", 0.03, false});
  return {"First 8 kernels from 5 % to 95 % of the window, against the closed form's.",
          std::move(plot)};
}

Figure variance_figure(const std::vector<StateVariance>& all) {
  Plot plot;
  plot.title = "Variance of the state under white noise";
  plot.x_label = "entry of the state", plot.y_label = "variance";
  for (const StateVariance& v : all) {
    const std::string name(nn::basis_name(v.basis));
    plot.lines.push_back({.label = name, .x = counting(v.exact.size()), .y = v.exact});
    plot.lines.push_back({.label = name + ", 500 streams",
                          .x = counting(v.simulated.size()),
                          .y = v.simulated,
                          .points = true});
  }
  plot.marks = {{"1/2", 0.5, false}, {"2", 2, false}};
  return {"Lines: Lyapunov's equation. Points: streams through the online memory, dt 1/200.",
          std::move(plot)};
}

Figure signal_figure(const SignalExample& e) {
  Plot plot;
  plot.title = "One signal from 16 numbers";
  plot.x_label = "lag [steps]", plot.y_label = "u";
  plot.lines.push_back({.label = "the signal", .x = e.lag, .y = e.past, .dashed = true});
  plot.lines.push_back({.label = "legt", .x = e.lag, .y = e.legt});
  plot.lines.push_back({.label = "fout", .x = e.lag, .y = e.fout});
  plot.lines.push_back({.label = "fout with jump", .x = e.lag, .y = e.fout_jump});
  return {"Fourier's sum rings where the window's ends differ; the jump between them is known.",
          std::move(plot)};
}

Figure series_figure(const tasks::StreamMemory& memory, const std::string& what) {
  return {fmt::format("{}.", what), tasks::reconstruction_plot(memory)};
}

Figure lag_figure(const tasks::StreamMemory& memory, const std::string& what) {
  return {fmt::format("{}. Baselines see the whole window at once.", what),
          tasks::lag_error_plot(memory)};
}

Figure timescale_figure(const std::vector<DelayRun>& runs, const Options& o) {
  std::map<nn::Basis, Plot::Line> lines;
  for (const DelayRun& run : runs) {
    Plot::Line& line = lines[run.basis];
    line.label = nn::basis_name(run.basis);
    const auto [low, high] = std::ranges::minmax(run.errors);
    line.x.push_back(run.reach), line.y.push_back(mean(run.errors));
    line.low.push_back(low), line.high.push_back(high);
  }
  Plot plot;
  plot.title = fmt::format("The timescale law: a delay of {} steps", o.delay_lag);
  plot.x_label = "window 1/dt over the delay", plot.y_label = "share of the variance left";
  plot.log_x = plot.log_y = true;
  for (auto& [basis, line] : lines) plot.lines.push_back(std::move(line));
  plot.marks = {{"covered: our bar", 0.05, false}, {"too short: our bar", 0.5, false}};
  return {
      "Readout fitted, N " + std::to_string(o.delay_order) +
          ". The window must reach over the delay: truncated bases know nothing beyond it, LegS "
          "fades. Far too long a window has too few functions for what is in it.",
      std::move(plot)};
}

TextTable signal_table(const std::vector<SignalErrors>& all) {
  TextTable table{"Band-limited signals: relative L2 error of the last window",
                  {"N", "legt", "best Legendre", "fout", "best Fourier", "fout inside",
                   "best Fourier inside", "fout with jump"},
                  {}};
  for (const SignalErrors& e : all)
    table.rows.push_back({std::to_string(e.order), text(e.legt), text(e.best_legendre),
                          text(e.fout_whole), text(e.best_fourier), text(e.fout_inside),
                          text(e.best_fourier_inside), text(e.fout_jump)});
  return table;
}

TextTable series_table(const std::vector<tasks::StreamMemory>& all, const std::string& what) {
  TextTable table{"Last window of " + what + ": rms error in spreads of the series",
                  {"basis", "N", "online", "DFT truncation", "Legendre projection"},
                  {}};
  for (const tasks::StreamMemory& m : all)
    table.rows.push_back({m.options.basis, std::to_string(m.options.order),
                          number_text(m.online.error), number_text(m.baselines[0].error),
                          number_text(m.baselines[1].error)});
  return table;
}

TextTable history_table(const WholeHistory& h, const std::string& what) {
  TextTable table{"All of " + what + ": rms error in spreads of the series",
                  {"N", "scaled LegS, online", "Legendre projection", "ratio"},
                  {}};
  for (size_t i = 0; i < h.orders.size(); ++i)
    table.rows.push_back({std::to_string(h.orders[i]), number_text(h.online[i]),
                          number_text(h.best[i]), number_text(h.online[i] / h.best[i])});
  return table;
}

TextTable delay_table(const std::vector<DelayRun>& runs, const std::string& title) {
  TextTable table{title, {"basis", "window / delay", "error", "least", "most", "seeds"}, {}};
  for (const DelayRun& run : runs) {
    const auto [low, high] = std::ranges::minmax(run.errors);
    table.rows.push_back({std::string(nn::basis_name(run.basis)), number_text(run.reach),
                          text(run.errors), number_text(low), number_text(high),
                          std::to_string(run.errors.size())});
  }
  return table;
}

TextTable digit_table(const std::vector<DigitRun>& runs, int64_t steps) {
  TextTable table{fmt::format("Digits pixel by pixel, {} steps", steps),
                  {"layer", "accuracy [%]", "seeds"},
                  {}};
  for (const DigitRun& run : runs)
    table.rows.push_back(
        {"S4-" + run.basis, text(run.accuracies), std::to_string(run.accuracies.size())});
  return table;
}

}  // namespace offprint::papers::hippo
