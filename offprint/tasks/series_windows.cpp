#include "offprint/tasks/series_windows.h"

#include <ATen/ops/std.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::tasks {

SeriesSplit split_by_share(int64_t rows, double validation, double test) {
  require(validation >= 0 && test >= 0 && validation + test < 1,
          "split: shares {} for validation and {} for test, expected both >= 0 and their sum < 1",
          validation, test);
  SeriesSplit split;
  split.test = std::llround(test * static_cast<double>(rows));
  split.validation = std::llround(validation * static_cast<double>(rows));
  split.train = rows - split.validation - split.test;
  require(split.train >= 1, "split: nothing of {} rows is left to train on", rows);
  return split;
}

SeriesSplit split_by_months(const data::Series& series, int64_t train, int64_t validation,
                            int64_t test) {
  require(!series.times.empty() && series.step.months == 0 && series.step.seconds > 0,
          "{}: a split by months needs a time column with steps below a month", series.source);
  const double rows_per_month = 30 * 86400.0 / series.step.seconds;
  const auto rows = [&](int64_t months) {
    return std::llround(static_cast<double>(months) * rows_per_month);
  };
  const SeriesSplit split{rows(train), rows(validation), rows(test)};
  require(split.train >= 1 && split.rows() <= series.length(),
          "{}: {} + {} + {} months are {} rows, the series has {}", series.source, train,
          validation, test, split.rows(), series.length());
  return split;
}

Standardizer standardizer_of(const Tensor& rows) {
  require_dim(rows, 2, "standardizer_of", "rows", "(T,V)");
  require(rows.size(0) >= 1, "standardizer_of: no rows");
  const Tensor spread = at::std(rows, at::IntArrayRef{0}, /*unbiased=*/false);
  return {rows.mean(at::IntArrayRef{0}), spread.where(spread > 0, 1.0)};
}

Tensor standardized(const Standardizer& s, const Tensor& values) {
  return (values - s.mean) / s.spread;
}

Tensor in_units_of(const Standardizer& s, const Tensor& values) {
  return values * s.spread + s.mean;
}

Tensor windows(const Tensor& values, int64_t from, int64_t until, int64_t lookback,
               int64_t horizon) {
  require_dim(values, 2, "windows", "values", "(T,V)");
  require(lookback >= 1 && horizon >= 1, "windows: lookback {} and horizon {}, expected >= 1",
          lookback, horizon);
  require(0 <= from && from <= until && until <= values.size(0),
          "windows: rows {} to {} of {} rows", from, until, values.size(0));
  const int64_t first = std::max(from, lookback);  // row of the first target
  const int64_t count = until - horizon - first + 1;
  if (count <= 0) return values.new_empty({0, lookback + horizon, values.size(1)});
  return values.narrow(0, first - lookback, count + lookback + horizon - 1)
      .unfold(0, lookback + horizon, 1)  // (W,V,L+H)
      .transpose(1, 2);
}

}  // namespace offprint::tasks
