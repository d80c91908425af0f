#include "offprint/data/series_fill.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

std::string row_name(const Series& series, int64_t row) {
  if (series.times.empty()) return fmt::format("row {}", row + 1);
  return fmt::format("row {} ({})", row + 1,
                     cell_text(series.times[static_cast<size_t>(row)], ColumnKind::time));
}

[[noreturn]] void fail_at(const Series& series, size_t column, int64_t row, double value,
                          bool may_fill) {
  fail("{}: column '{}': {} is {}, expected a number{}", series.source, series.names[column],
       row_name(series, row), std::isnan(value) ? "missing" : "infinite",
       may_fill ? ", or missing 'interpolate'" : "");
}

// u(row) is a column's value there.
template <class Column>
int64_t fill_column(const Series& series, size_t column, Column u, int64_t rows, bool draw) {
  int64_t drawn = 0;
  for (int64_t i = 0; i < rows; ++i) {
    if (std::isfinite(u(i))) continue;
    int64_t next = i;
    while (next < rows && std::isnan(u(next))) ++next;
    const bool inside = std::isnan(u(i)) && i > 0 && next < rows;
    if (!draw || !inside) fail_at(series, column, i, u(i), inside);
    if (!std::isfinite(u(next))) fail_at(series, column, next, u(next), false);
    const double before = u(i - 1), rise = (u(next) - before) / static_cast<double>(next - i + 1);
    for (int64_t j = i; j < next; ++j, ++drawn)
      u(j) = before + rise * static_cast<double>(j - i + 1);
  }
  return drawn;
}

}  // namespace

int64_t fill_missing(Series& series, const std::string& missing) {
  require(missing == "error" || missing == "interpolate",
          "missing: '{}', expected error|interpolate", missing);
  const int64_t rows = series.length(), columns = series.values.size(1);
  Tensor values = series.values.contiguous();
  double* const data = values.mutable_data_ptr<double>();
  int64_t drawn = 0;
  for (int64_t v = 0; v < columns; ++v)
    drawn += fill_column(
        series, static_cast<size_t>(v),
        [&](int64_t row) -> double& { return data[row * columns + v]; }, rows,
        missing == "interpolate");
  series.values = values;
  if (drawn > 0) series.gaps.clear();
  return drawn;
}

}  // namespace offprint::data
