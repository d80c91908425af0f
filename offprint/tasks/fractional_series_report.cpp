// What infer_fractional leaves, as tables, plots and files.
#include <algorithm>
#include <cmath>

#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/fractional_series.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kShown = 120;  // rows of the plots of paths
constexpr double kClose = 10;    // nats: two readings that the values hardly tell apart

std::vector<double> counted(int64_t first, int64_t count) {
  std::vector<double> out;
  for (int64_t i = 0; i < count; ++i) out.push_back(static_cast<double>(first + i));
  return out;
}

std::vector<double> last_of(const std::vector<double>& v, int64_t count) {
  return {v.end() - std::min<int64_t>(count, std::ssize(v)), v.end()};
}

Plot posterior_plot(const FractionalSeries& s) {
  const int64_t shown = std::min<int64_t>(s.rows, kShown);
  Plot plot{.title = fmt::format("The path behind the last {} values", shown),
            .x_label = "row [looked at]",
            .y_label = s.column};
  Plot::Line path{.label = "posterior, two deviations",
                  .x = counted(s.rows - shown, shown),
                  .y = last_of(s.path, shown)};
  const std::vector<double> deviation = last_of(s.path_deviation, shown);
  for (size_t i = 0; i < path.y.size(); ++i) {
    path.low.push_back(path.y[i] - 2 * deviation[i]);
    path.high.push_back(path.y[i] + 2 * deviation[i]);
  }
  Plot::Line seen{.label = "seen", .points = true};
  for (int64_t i = s.rows - shown; i < s.rows; ++i)
    if (const double v = s.values[static_cast<size_t>(i)]; !std::isnan(v))
      seen.x.push_back(static_cast<double>(i)), seen.y.push_back(v);
  plot.lines = {path, seen};
  for (size_t i = 0; i < std::min<size_t>(2, s.sampled_paths.size()); ++i)
    plot.lines.push_back({.label = fmt::format("drawn path {}", i + 1),
                          .x = counted(s.rows - shown, shown),
                          .y = s.sampled_paths[i],
                          .dashed = true});
  return plot;
}

Plot fan_plot(const FractionalSeries& s) {
  const int64_t shown = std::min<int64_t>(s.rows, kShown);
  Plot plot{.title = fmt::format("What may come in {} steps", s.options.ahead),
            .x_label = "row [looked at]",
            .y_label = s.column};
  plot.lines.push_back(
      {.label = "posterior", .x = counted(s.rows - shown, shown), .y = last_of(s.path, shown)});
  const auto x = counted(s.rows, s.options.ahead);
  plot.lines.push_back(
      {.label = "median, 90 %", .x = x, .y = s.fan.middle, .low = s.fan.low, .high = s.fan.high});
  plot.lines.push_back(
      {.label = "50 %", .x = x, .y = s.fan.middle, .low = s.fan.lower, .high = s.fan.upper});
  return plot;
}

Plot drift_plot(const FractionalSeries& s) {
  Plot plot{.title = "Drift", .x_label = s.column, .y_label = "drift [a step]"};
  plot.lines.push_back({.label = s.shaped ? "learnt" : "as used", .x = s.place, .y = s.drift});
  plot.lines.push_back({.label = "straight", .x = s.place, .y = s.linear_drift, .dashed = true});
  plot.marks.push_back({.label = "none", .value = 0});
  return plot;
}

Plot diffusion_plot(const FractionalSeries& s) {
  Plot plot{.title = "Diffusion", .x_label = s.column, .y_label = "scale of the noise [a step^H]"};
  plot.lines.push_back({.label = s.shaped ? "learnt" : "as used", .x = s.place, .y = s.diffusion});
  plot.lines.push_back({.label = "constant",
                        .x = s.place,
                        .y = std::vector<double>(s.place.size(), s.linear_diffusion),
                        .dashed = true});
  return plot;
}

Plot profile_plot(const FractionalSeries& s) {
  Plot plot{.title = "How likely each Hurst index is",
            .x_label = "Hurst index",
            .y_label = "evidence below the best [nats]"};
  std::vector<double> below;
  for (const double e : s.interval.log_evidence) below.push_back(e - s.fit.log_evidence);
  plot.lines.push_back({.label = "profile", .x = s.interval.hurst, .y = below});
  plot.marks.push_back({.label = "95 %", .value = -1.92});
  plot.marks.push_back({.label = "Brownian", .value = 0.5, .vertical = true});
  return plot;
}

data::Table table_of(std::vector<std::pair<std::string, std::vector<double>>> columns) {
  data::Table table;
  table.rows = std::ssize(columns.front().second);
  for (auto& [name, values] : columns)
    table.columns.push_back({.name = std::move(name), .numbers = std::move(values)});
  return table;
}

double lead(const FractionalSeries& s) { return s.fit.log_evidence - s.twin.log_evidence; }

}  // namespace

std::string heading(const FractionalSeries& s) {
  return fmt::format("'{}', {} rows{}: Hurst index {:.3f}, 95 % interval {:.3f} to {:.3f}",
                     s.column, s.rows, s.missing > 0 ? fmt::format(" ({} missing)", s.missing) : "",
                     s.fit.line.driver.hurst, s.interval.low, s.interval.high);
}

std::vector<TextTable> tables(const FractionalSeries& s) {
  TextTable index{"Hurst index", {"by", "index", "evidence [nats]"}, {}};
  const auto row = [&](const char* by, double value) {
    index.rows.push_back({by, fmt::format("{:.3f}", value), ""});
  };
  const auto evidence = [&](const char* by, const FractionalFit& fit, bool used) {
    index.rows.push_back({fmt::format("{}{}", by, used ? " (used)" : ""),
                          fmt::format("{:.3f}", fit.line.driver.hurst),
                          fmt::format("{:.1f}", fit.log_evidence)});
  };
  evidence("largest evidence, values are the path", s.exact, !s.noise);
  evidence("largest evidence, values are path and noise", s.noisy, s.noise);
  if (s.shaped) row("largest bound, with drift and diffusion of any shape", s.learnt_hurst);
  row("Whittle, of increments", s.whittle);
  row("detrended fluctuations, of increments", s.dfa);
  row("madogram", s.madogram);

  TextTable line{
      "dX = pull (level - X) dt + scale dB", {"", "fractional noise", "Brownian noise"}, {}};
  const auto both = [&](const char* name, auto&& of) {
    line.rows.push_back({name, number_text(of(s.fit.line)), number_text(of(s.twin.line))});
  };
  both("pull [1/step]", [](const auto& l) { return l.pull; });
  both("level", [&](const auto& l) {
    return l.pull > 1e-9 ? s.mean + s.spread * l.constant / l.pull : NAN;
  });
  both("scale [a step^H]", [&](const auto& l) { return s.spread * l.scale; });
  both("noise, deviation", [&](const auto& l) { return s.spread * std::sqrt(l.noise); });
  line.rows.push_back({"evidence [nats]", fmt::format("{:.1f}", s.fit.log_evidence),
                       fmt::format("{:.1f}", s.twin.log_evidence)});
  std::vector<TextTable> out = {index, line};
  if (s.options.shape_steps > 0)
    out.push_back(
        {"Drift and diffusion of any shape",
         {"lead over straight and constant, rows kept apart [nats/step]", "used"},
         {{fmt::format("{:.4f} ± {:.4f}", s.shape_lead, s.shape_error), s.shaped ? "yes" : "no"}}});
  return out;
}

std::string advice(const FractionalSeries& s) {
  const double h = s.fit.line.driver.hurst;
  std::string text;
  if (s.interval.low <= 0.5 && s.interval.high >= 0.5)
    text = fmt::format(
        "Brownian noise will do: 0.5 is within the interval, and it is {:.1f} nats behind",
        lead(s));
  else
    text = fmt::format("{} noise, {:.1f} nats ahead of Brownian: {}",
                       h < 0.5 ? "rough" : "persistent", lead(s),
                       h < 0.5 ? "moves tend to turn back, far more than without memory"
                               : "moves tend to go on, and errors of forecasts grow faster");
  const double behind = s.noisy.log_evidence - s.exact.log_evidence;
  if (s.noise && s.options.seen == "auto" && behind < kClose)
    text += fmt::format("; as the path itself the values have index {:.3f}, {:.1f} nats behind",
                        s.exact.line.driver.hurst, behind);
  return text;
}

std::vector<Plot> plots(const FractionalSeries& s) {
  return {fan_plot(s), posterior_plot(s), drift_plot(s), diffusion_plot(s), profile_plot(s)};
}

Json to_json(const FractionalSeries& s) {
  Json out{{"column", s.column},
           {"rows", s.rows},
           {"missing", s.missing},
           {"hurst", s.fit.line.driver.hurst},
           {"hurst_low", s.interval.low},
           {"hurst_high", s.interval.high},
           {"whittle", s.whittle},
           {"dfa", s.dfa},
           {"madogram", s.madogram},
           {"pull", s.fit.line.pull},
           {"scale", s.spread * s.fit.line.scale},
           {"hurst_exact", s.exact.line.driver.hurst},
           {"hurst_noisy", s.noisy.line.driver.hurst},
           {"noise", s.spread * std::sqrt(s.fit.line.noise)},
           {"log_evidence", s.fit.log_evidence},
           {"log_evidence_brownian", s.twin.log_evidence},
           {"shaped", s.shaped},
           {"shape_lead", s.shape_lead},
           {"shape_error", s.shape_error}};
  out["forecast"] = {{"q05", s.fan.low},
                     {"q25", s.fan.lower},
                     {"q50", s.fan.middle},
                     {"q75", s.fan.upper},
                     {"q95", s.fan.high}};
  return out;
}

void write_fractional_series(const FractionalSeries& s, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);  // writing says what is wrong
  data::write_csv(folder / "posterior.csv", table_of({{"row", counted(0, s.rows)},
                                                      {s.column, s.values},
                                                      {"posterior", s.path},
                                                      {"deviation", s.path_deviation}}));
  data::write_csv(folder / "forecast.csv", table_of({{"step", counted(1, s.options.ahead)},
                                                     {"q05", s.fan.low},
                                                     {"q25", s.fan.lower},
                                                     {"q50", s.fan.middle},
                                                     {"q75", s.fan.upper},
                                                     {"q95", s.fan.high}}));
  data::write_csv(folder / "shapes.csv", table_of({{s.column, s.place},
                                                   {"drift", s.drift},
                                                   {"straight_drift", s.linear_drift},
                                                   {"diffusion", s.diffusion}}));
  data::write_csv(folder / "hurst.csv", table_of({{"hurst", s.interval.hurst},
                                                  {"log_evidence", s.interval.log_evidence}}));
  const std::vector<Plot> all = plots(s);
  const char* names[] = {"forecast", "posterior", "drift", "diffusion", "hurst"};
  for (size_t i = 0; i < all.size(); ++i)
    write_file(folder / fmt::format("{}.svg", names[i]), to_svg(all[i]));
}

}  // namespace offprint::tasks
