#include "offprint/papers/icl_forecasting/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "offprint/core/numbers.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::icl_forecasting {
namespace {

constexpr size_t kShown = 40;  // steps of a rollout

std::vector<double> counting(size_t count) {
  std::vector<double> out;
  for (size_t i = 1; i <= count; ++i) out.push_back(static_cast<double>(i));
  return out;
}

std::vector<double> first(const std::vector<double>& values, size_t count) {
  return {values.begin(),
          values.begin() + static_cast<std::ptrdiff_t>(std::min(count, values.size()))};
}

// Up to where values are numbers that a page can show.
std::vector<double> while_small(const std::vector<double>& values, double most) {
  std::vector<double> out;
  for (const double value : values) {
    if (!(value <= most)) break;
    out.push_back(value);
  }
  return out;
}

std::string text_of(const Excess& e) {
  return fmt::format("{} ± {}", number_text(e.mean, 3), number_text(e.standard_error, 2));
}

}  // namespace

Figure gap_figure(const std::vector<GapRow>& rows) {
  Plot plot;
  plot.title = "What one layer of linear attention loses to the linear forecast";
  plot.x_label = "context n [columns]", plot.y_label = "gap [variance of the shocks]";
  plot.log_x = plot.log_y = true;
  std::map<std::string, std::array<Plot::Line, 3>> lines;
  for (const GapRow& row : rows) {
    if (row.p > 3) continue;  // the table has them all
    auto& [theory, law, sampled] = lines[row.process];
    const auto n = static_cast<double>(row.n);
    theory.label = row.process, theory.x.push_back(n), theory.y.push_back(row.gap);
    law.label = row.process + ", B/n", law.dashed = true;
    law.x.push_back(n), law.y.push_back(row.law);
    sampled.label = row.process + ", Monte Carlo", sampled.points = true;
    if (row.sampled) sampled.x.push_back(n), sampled.y.push_back(*row.sampled);
  }
  for (auto& [process, of_process] : lines)
    for (Plot::Line& line : of_process)
      if (!line.x.empty()) plot.lines.push_back(std::move(line));
  return {"Closed form, its first-order law B/n with B = 2 (gamma_0 - sigma^2), and samples.",
          std::move(plot)};
}

Figure trace_figure(const Trace& trace) {
  Plot plot;
  plot.title = "One step ahead each time, persistent AR(3), n 32";
  plot.x_label = "step", plot.y_label = "x";
  const std::vector<double> x = counting(trace.truth.size());
  plot.lines.push_back({.label = "what came", .x = x, .y = trace.truth, .dashed = true});
  plot.lines.push_back({.label = "true linear forecast", .x = x, .y = trace.bayes});
  plot.lines.push_back({.label = "best single layer", .x = x, .y = trace.attention});
  return {
      "Attention follows the linear forecast, off by a factor that its context makes uncertain.",
      std::move(plot)};
}

Figure decay_figure(const RolloutRun& run) {
  Plot plot;
  plot.title = fmt::format("{}: size of forecasts fed back, n {}", run.process, run.n);
  plot.x_label = "steps ahead", plot.y_label = "mean-square forecast over the variance";
  plot.log_y = true;
  for (const auto& [method, score] : run.scores) {
    if (method == "linear, fitted" || method == "LSA-1, clamped") continue;
    std::vector<double> y = first(score.mean_square, 15);
    for (double& value : y) value /= run.variance;
    y = while_small(y, 1e3);
    plot.lines.push_back({.label = method, .x = counting(y.size()), .y = y});
  }
  Plot::Line rate{.label = "lambda^2h", .dashed = true};
  const double start = run.scores.at("bayes").mean_square[0] / run.variance;
  for (int h = 1; h <= 15; ++h)
    rate.x.push_back(h), rate.y.push_back(start * std::pow(run.radius, 2 * (h - 1)));
  plot.lines.push_back(std::move(rate));
  return {"Every rollout of a stationary process returns to the mean; the true forecast too.",
          std::move(plot)};
}

Figure horizon_figure(const RolloutRun& run) {
  Plot plot;
  plot.title = fmt::format("{}: error of forecasts fed back, n {}", run.process, run.n);
  plot.x_label = "steps ahead", plot.y_label = "squared error";
  const double most = 10 * run.variance;
  for (const auto& [method, score] : run.scores) {
    if (method == "linear, fitted") continue;
    const std::vector<double> y = while_small(first(score.mse, kShown), most);
    plot.lines.push_back({.label = method + ", mean", .x = counting(y.size()), .y = y});
  }
  const std::vector<double> median = first(run.scores.at("LSA-1").median_error, kShown);
  plot.lines.push_back(
      {.label = "LSA-1, median", .x = counting(median.size()), .y = median, .dashed = true});
  plot.marks.push_back({"gamma_0", run.variance, false});
  return {"A mean that leaves the page is one of paths that exploded; their share is in the table.",
          std::move(plot)};
}

Figure depth_figure(const std::vector<DepthRow>& rows) {
  Plot plot;
  plot.title = "Layers of linear attention: gap to the true linear forecast";
  plot.x_label = "layers", plot.y_label = "excess error [variance of the shocks]";
  for (size_t layers = 1; layers <= rows.front().by_depth.size(); ++layers)
    plot.categories.push_back(std::to_string(layers));
  for (const DepthRow& row : rows) {
    Plot::Bars bars{.label = fmt::format("p {}", row.p)};
    for (const std::vector<double>& gaps : row.by_depth) {
      const auto [low, high] = std::ranges::minmax(gaps);
      bars.values.push_back(median(gaps)), bars.low.push_back(low), bars.high.push_back(high);
    }
    plot.bars.push_back(std::move(bars));
  }
  return {"Median of the seeds with the least and the most; random processes.", std::move(plot)};
}

TextTable gap_table(const std::vector<GapRow>& rows, std::string title) {
  TextTable table{
      std::move(title), {"process", "n", "closed form · n", "Monte Carlo · n", "B"}, {}};
  for (const GapRow& row : rows) {
    const auto n = static_cast<double>(row.n);
    table.rows.push_back({row.process, std::to_string(row.n), number_text(n * row.gap),
                          row.sampled ? text_of({n * *row.sampled, n * *row.standard_error}) : "–",
                          number_text(n * row.law)});
  }
  return table;
}

TextTable fit_table(const std::vector<FitRow>& rows) {
  TextTable table{"Excess error times n on windows that no fit saw (shocks of variance 1)",
                  {"process", "n", "bound", "one layer, exact", "one layer, fitted", "Adam",
                   "paper's recipe", "least squares in context", "linear, fitted", "last value"},
                  {}};
  for (const FitRow& row : rows) {
    const auto n = static_cast<double>(row.n);
    const auto times = [&](const std::optional<Excess>& e) {
      return e ? number_text(n * e->mean, 3) : "–";
    };
    table.rows.push_back({row.process, std::to_string(row.n), number_text(n * row.bound, 3),
                          number_text(n * row.optimum, 3), times(row.alternating), times(row.adam),
                          times(row.released), times(row.in_context), times(row.on_train),
                          times(row.last_value)});
  }
  return table;
}

TextTable rollout_table(const std::vector<RolloutRun>& runs) {
  TextTable table{"Forecasts fed back for 100 steps; errors over the process variance",
                  {"process", "n", "method", "MSE at 1", "at 5", "at 40", "median at 40",
                   "exploding", "collapse step"},
                  {}};
  for (const RolloutRun& run : runs)
    for (const auto& [method, score] : run.scores) {
      const auto at = [&](const std::vector<double>& values, size_t h) {
        return number_text(values[h - 1] / run.variance, 3);
      };
      table.rows.push_back({run.process, std::to_string(run.n), method, at(score.mse, 1),
                            at(score.mse, 5), at(score.mse, 40), at(score.median_error, 40),
                            fmt::format("{:.2f} %", 100 * score.exploding),
                            score.collapsing > 0 ? number_text(score.collapse_step) : "–"});
    }
  return table;
}

TextTable context_table(const std::vector<ContextRow>& rows) {
  TextTable table{"Random processes: median excess error [variance of the shocks]",
                  {"p", "n", "best single layer", "times n", "least squares in context",
                   "linear, fitted", "seeds"},
                  {}};
  for (const ContextRow& row : rows) {
    const double gap = median(row.attention);
    table.rows.push_back(
        {std::to_string(row.p), std::to_string(row.n), number_text(gap, 3),
         number_text(gap * static_cast<double>(row.n), 3), number_text(median(row.in_context), 3),
         number_text(median(row.on_train), 3), std::to_string(row.attention.size())});
  }
  return table;
}

TextTable depth_table(const std::vector<DepthRow>& rows) {
  TextTable table{"Layers: median excess error [variance of the shocks]", {"p", "n"}, {}};
  for (size_t layers = 1; layers <= rows.front().by_depth.size(); ++layers)
    table.columns.push_back(fmt::format("L {}", layers));
  table.columns.push_back("least squares in context");
  for (const DepthRow& row : rows) {
    std::vector<std::string> cells = {std::to_string(row.p), std::to_string(row.n)};
    for (const std::vector<double>& gaps : row.by_depth)
      cells.push_back(number_text(median(gaps), 3));
    cells.push_back(number_text(median(row.in_context), 3));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

TextTable means_table(const std::map<std::string, std::vector<double>>& by_method,
                      std::string title) {
  TextTable table{std::move(title), {"method", "mean", "least", "most", "seeds"}, {}};
  for (const auto& [method, values] : by_method) {
    const auto [low, high] = std::ranges::minmax(values);
    table.rows.push_back({method, number_text(mean(values), 3), number_text(low, 3),
                          number_text(high, 3), std::to_string(values.size())});
  }
  return table;
}

TextTable ett_table(const std::vector<EttRun>& runs) {
  TextTable table{"Real series: mean squared error, standardised, one hour and 24 hours ahead",
                  {"set", "attention sees", "method", "one hour", "24 hours"},
                  {}};
  for (const EttRun& run : runs)
    for (const auto& [method, errors] : run.one_step)
      table.rows.push_back({run.set, run.prepared, method, number_text(mean(errors)),
                            number_text(mean(run.day.at(method)))});
  return table;
}

}  // namespace offprint::papers::icl_forecasting
