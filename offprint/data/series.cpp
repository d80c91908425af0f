#include "offprint/data/series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <span>

#include "offprint/core/error.h"
#include "offprint/data/timestamp.h"

namespace offprint::data {
namespace {

constexpr double kDay = 86400;
constexpr double kTick = 1e-6;    // seconds: stamps this close are one instant
constexpr double kJitter = 0.01;  // of a step: how far off it a stamp may stand
constexpr double kFirstTime = -62135596800.0, kEndTime = 253402300800.0;  // years 1 and 10000

// A time as months since 1970-01 and the seconds within its month.
struct MonthTime {
  int64_t month = 0;
  double rest = 0;
};

double month_start(int64_t month) {
  const int64_t year = 1970 + (month >= 0 ? month : month - 11) / 12;
  const auto of_year = static_cast<int>(month - (year - 1970) * 12);
  return static_cast<double>(days_from_civil(year, of_year + 1, 1)) * kDay;
}

MonthTime in_months(double time) {
  auto month = static_cast<int64_t>(std::floor(time / (30.436875 * kDay)));  // at most one off
  while (month_start(month + 1) <= time) ++month;
  while (month_start(month) > time) --month;
  return {month, time - month_start(month)};
}

std::string time_column(const Table& table, const std::string& asked) {
  if (!asked.empty()) return asked;
  std::string found;
  for (const Column& column : table.columns) {
    if (column.kind != ColumnKind::time) continue;
    require(found.empty(), "{}: '{}' and '{}' both hold times, expected the name of one",
            table.source, found, column.name);
    found = column.name;
  }
  return found;
}

std::vector<std::string> value_columns(const Table& table, const std::string& time) {
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    if (column.kind == ColumnKind::number && column.name != time) names.push_back(column.name);
  require(!names.empty(), "{}: no columns of numbers", table.source);
  return names;
}

// The most frequent value, the smallest of equals. Values closer than a tick count as one.
double most_frequent(const std::vector<double>& values) {
  std::map<int64_t, int64_t> counts;
  for (const double v : values) ++counts[std::llround(v / kTick)];
  const auto best = std::ranges::max_element(
      counts, [](const auto& a, const auto& b) { return a.second < b.second; });
  return static_cast<double>(best->first) * kTick;
}

TimeStep find_step(const std::vector<double>& times) {
  if (times.size() < 2) return {};
  const MonthTime first = in_months(times[0]);
  bool monthly = true;
  std::vector<double> seconds, months;
  int64_t last = first.month;
  for (size_t i = 1; i < times.size(); ++i) {
    const MonthTime now = in_months(times[i]);
    monthly &= std::abs(now.rest - first.rest) < kTick && now.month > last;
    seconds.push_back(times[i] - times[i - 1]);
    months.push_back(static_cast<double>(now.month - last));
    last = now.month;
  }
  if (monthly) return {.seconds = 0, .months = std::llround(most_frequent(months))};
  return {.seconds = most_frequent(seconds), .months = 0};
}

// Which step after the first a time is; nothing where it stands between two.
std::optional<double> step_index(double first, double time, const TimeStep& step) {
  double steps = 0;
  if (step.months > 0) {
    steps = static_cast<double>(in_months(time).month - in_months(first).month) /
            static_cast<double>(step.months);
  } else {
    steps = (time - first) / step.seconds;
  }
  const double whole = std::round(steps);
  const double tolerance = step.months > 0 ? 0 : std::max(kJitter, 2 * kTick / step.seconds);
  return std::abs(steps - whole) <= tolerance ? std::optional(whole) : std::nullopt;
}

// Rows of the table by rising time.
std::vector<int64_t> sorted_rows(const Table& table, const std::string& time) {
  const std::vector<double>& at = table.times(time);
  std::vector<int64_t> rows(at.size());
  std::iota(rows.begin(), rows.end(), 0);
  const auto when = [&](int64_t row) { return at[static_cast<size_t>(row)]; };
  for (const int64_t row : rows) {
    require(!std::isnan(when(row)), "{}: no time", table.place(row, time));
    require(when(row) >= kFirstTime && when(row) < kEndTime,
            "{}: {} is no time in seconds since 1970 (milliseconds?)", table.place(row, time),
            when(row));
  }
  std::ranges::stable_sort(rows, {}, when);
  for (size_t i = 1; i < rows.size(); ++i)
    require(when(rows[i]) - when(rows[i - 1]) >= kTick, "{}: the same time as line {}, {}",
            table.place(rows[i], time), table.line(rows[i - 1]),
            cell_text(when(rows[i]), ColumnKind::time));
  return rows;
}

// Puts the rows on a grid of equal steps; what the file lacks becomes NaN.
void fill_gaps(Series& series, const Table& table, const std::vector<int64_t>& rows,
               const std::string& time) {
  constexpr double kMostSteps = 11, kAnyway = 1000;  // a row; a small file may have long gaps
  const std::vector<double>& at = table.times(time);
  const double first = at[static_cast<size_t>(rows[0])];
  std::vector<int64_t> places;
  for (const int64_t row : rows) {
    const double when = at[static_cast<size_t>(row)];
    const auto index = step_index(first, when, series.step);
    require(index.has_value(), "{}: {} is no whole number of steps of {} after {}",
            table.place(row, time), time_text(when), step_text(series.step), time_text(first));
    require(*index <= kMostSteps * static_cast<double>(rows.size()) + kAnyway,
            "{}: {} is {:.0f} steps of {} after {}, too many for {} rows", table.place(row, time),
            time_text(when), *index, step_text(series.step), time_text(first), rows.size());
    places.push_back(static_cast<int64_t>(*index));
  }
  const Tensor order = at::tensor(rows, at::kLong), to = at::tensor(places, at::kLong);
  const Tensor read = series.values.index_select(0, order);
  series.values = at::full({places.back() + 1, read.size(1)},
                           std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  series.values.index_copy_(0, to, read);
  for (size_t i = 1; i < places.size(); ++i)
    if (const int64_t lacking = places[i] - places[i - 1] - 1; lacking > 0)
      series.gaps.push_back({places[i - 1] + 1, lacking});
  for (int64_t i = 0; i <= places.back(); ++i) series.times.push_back(after(first, series.step, i));
}

}  // namespace

std::string step_text(const TimeStep& step) {
  if (step.months > 0) return fmt::format("{} month{}", step.months, step.months > 1 ? "s" : "");
  constexpr std::pair<double, const char*> kUnits[] = {
      {7 * kDay, "week"}, {kDay, "day"}, {3600, "h"}, {60, "min"}};
  for (const auto& [length, name] : kUnits) {
    const double count = step.seconds / length;
    if (count < 1 || count != std::round(count)) continue;
    const bool plural = count > 1 && length >= kDay;
    return fmt::format("{:.0f} {}{}", count, name, plural ? "s" : "");
  }
  return fmt::format("{:.6g} s", step.seconds);
}

double after(double time, const TimeStep& step, int64_t n) {
  if (step.months == 0) return time + static_cast<double>(n) * step.seconds;
  const MonthTime from = in_months(time);
  return month_start(from.month + n * step.months) + from.rest;
}

int64_t Series::missing() const { return values.isnan().sum().item<int64_t>(); }

Series series_from_table(const Table& table, const std::vector<std::string>& columns,
                         const std::string& time) {
  require(table.rows > 0, "{}: no rows", table.source);
  const std::string clock = time_column(table, time);
  Series series{
      .source = table.source, .names = columns, .values = {}, .times = {}, .step = {}, .gaps = {}};
  if (columns.empty()) series.names = value_columns(table, clock);
  series.values = table.matrix(series.names);
  if (clock.empty()) return series;
  const std::vector<int64_t> rows = sorted_rows(table, clock);
  std::vector<double> sorted;
  for (const int64_t row : rows) sorted.push_back(table.times(clock)[static_cast<size_t>(row)]);
  if (series.step = find_step(sorted); rows.size() < 2) {
    series.times = sorted;
    return series;
  }
  fill_gaps(series, table, rows, clock);
  return series;
}

}  // namespace offprint::data
