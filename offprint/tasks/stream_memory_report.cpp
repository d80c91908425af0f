// What remember_stream leaves, as tables, plots and files.
#include <cmath>

#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/stream_memory.h"

namespace offprint::tasks {
namespace {

std::vector<double> lags(const StreamMemory& m) {
  std::vector<double> out;
  for (int64_t lag = 0; lag < m.past.size(0); ++lag) out.push_back(static_cast<double>(lag));
  return out;
}

std::vector<const Remembered*> methods(const StreamMemory& m) {
  std::vector<const Remembered*> all = {&m.online};
  for (const Remembered& baseline : m.baselines) all.push_back(&baseline);
  return all;
}

data::Table by_lag(const StreamMemory& m) {
  data::Table table;
  table.rows = m.past.size(0);
  table.columns.push_back({.name = "lag", .numbers = lags(m)});
  return table;
}

}  // namespace

TextTable summary_table(const StreamMemory& m) {
  TextTable table{
      "What is read back of the last windows",
      {"method", "numbers kept", "rms error [spreads]", "newest quarter", "oldest quarter"},
      {}};
  const auto rms = [](const std::vector<double>& e, size_t from, size_t to) {
    double sum = 0;
    for (size_t i = from; i < to; ++i) sum += e[i] * e[i];
    return std::sqrt(sum / static_cast<double>(std::max<size_t>(1, to - from)));
  };
  for (const Remembered* r : methods(m)) {
    const size_t W = r->lag_errors.size();
    table.rows.push_back({r->method, std::to_string(m.options.order), number_text(r->error),
                          number_text(rms(r->lag_errors, 0, std::max<size_t>(1, W / 4))),
                          number_text(rms(r->lag_errors, W - std::max<size_t>(1, W / 4), W))});
  }
  return table;
}

Plot reconstruction_plot(const StreamMemory& m) {
  Plot plot;
  plot.title = fmt::format("The last {} steps of '{}' from {} numbers", m.past.size(0), m.column,
                           m.options.order);
  plot.x_label = "lag [steps]", plot.y_label = m.column;
  plot.lines.push_back({.label = "the stream", .x = lags(m), .y = numbers(m.past), .dashed = true});
  plot.lines.push_back({.label = m.online.method, .x = lags(m), .y = numbers(m.online.last)});
  return plot;
}

Plot lag_error_plot(const StreamMemory& m) {
  Plot plot;
  plot.title = fmt::format("Error by lag, {} moments of the stream", m.moments);
  plot.x_label = "lag [steps]", plot.y_label = "rms error [spreads of the stream]";
  for (const Remembered* r : methods(m))
    plot.lines.push_back(
        {.label = r->method, .x = lags(m), .y = r->lag_errors, .dashed = r != &m.online});
  return plot;
}

Json to_json(const StreamMemory& m) {
  Json out{{"column", m.column},
           {"rows", m.rows},
           {"interpolated", m.interpolated},
           {"moments", m.moments},
           {"offset", m.offset},
           {"spread", m.spread},
           {"basis", m.options.basis},
           {"order", m.options.order},
           {"window", m.past.size(0)},
           {"coefficients", m.coefficients}};
  for (const Remembered* r : methods(m)) out["errors"][r->method] = r->error;
  return out;
}

void write_stream_memory(const StreamMemory& m, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);  // writing says what is wrong
  data::Table coefficients;
  coefficients.rows = static_cast<int64_t>(m.coefficients.size());
  std::vector<double> n;
  for (size_t i = 0; i < m.coefficients.size(); ++i) n.push_back(static_cast<double>(i));
  coefficients.columns.push_back({.name = "n", .numbers = n});
  coefficients.columns.push_back({.name = "coefficient", .numbers = m.coefficients});
  data::write_csv(folder / "coefficients.csv", coefficients);

  data::Table values = by_lag(m), errors = by_lag(m);
  values.columns.push_back({.name = m.column, .numbers = numbers(m.past)});
  for (const Remembered* r : methods(m)) {
    values.columns.push_back({.name = r->method, .numbers = numbers(r->last)});
    errors.columns.push_back({.name = r->method, .numbers = r->lag_errors});
  }
  data::write_csv(folder / "reconstruction.csv", values);
  data::write_csv(folder / "error_by_lag.csv", errors);
  write_file(folder / "reconstruction.svg", to_svg(reconstruction_plot(m)));
  write_file(folder / "error_by_lag.svg", to_svg(lag_error_plot(m)));
}

}  // namespace offprint::tasks
