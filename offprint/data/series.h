// Time series from a table: several columns over one regular time, gaps made visible. Windows and
// normalisation belong to tasks.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "offprint/data/table.h"

namespace offprint::data {

// Between two rows: a number of seconds, or of calendar months, whose lengths differ.
struct TimeStep {
  double seconds = 0;
  int64_t months = 0;  // > 0: months count, seconds is 0
};
std::string step_text(const TimeStep& step);                 // "1 h", "15 min", "1 month"
double after(double time, const TimeStep& step, int64_t n);  // n steps later; n may be negative

struct Gap {
  int64_t first = 0, count = 0;  // rows of `values` that the file lacks
};

struct Series {
  std::string source;
  std::vector<std::string> names;  // V columns
  Tensor values;                   // (T,V) float64, NaN where missing
  std::vector<double> times;       // T, seconds since 1970 UTC; empty where there is no time column
  TimeStep step;                   // meaningless without times
  std::vector<Gap> gaps;           // ascending; their rows are NaN

  int64_t length() const { return values.size(0); }
  int64_t missing() const;  // entries that are NaN, gaps included
};

// The columns of that name, all columns of numbers where none is named. The time column is `time`,
// or the only one of times, or none. Policy:
//   rows may come in any order and are sorted by time;
//   the step is the most frequent distance of neighbours (the shortest of equals), in months where
//   all rows stand on one day and hour of the month, else in seconds;
//   a row may stand off its step by a hundredth of one; `times` are the steps themselves;
//   steps without a row become gaps.
// Throws Error with file, line and column on: no rows or no columns of numbers, a missing time, two
// rows of one time, a row that stands off the steps, and gaps of more than ten times the rows.
Series series_from_table(const Table& table, const std::vector<std::string>& columns = {},
                         const std::string& time = "");

}  // namespace offprint::data
