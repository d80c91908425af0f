#include "offprint/papers/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/core/table.h"

namespace offprint::papers {
namespace {

// Linear interpolation between order statistics.
double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> logs(std::span<const double> values) {
  std::vector<double> out;
  for (const double v : values) {
    require(v > 0, "fit_exponent: value {}, expected > 0", v);
    out.push_back(std::log(v));
  }
  return out;
}

}  // namespace

double mean(std::span<const double> values) {
  require(!values.empty(), "mean: no values, expected at least one");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Interval bootstrap(int64_t rows, const std::function<double(std::span<const int64_t>)>& statistic,
                   Rng rng, double level, int resamples) {
  require(rows >= 1, "bootstrap: no rows, expected at least one");
  require(level > 0 && level < 1 && resamples >= 1,
          "bootstrap: level {} with {} resamples, expected a level in (0,1) and resamples", level,
          resamples);
  std::vector<int64_t> drawn(static_cast<size_t>(rows));
  std::vector<double> values;
  // A statistic that is NaN for almost every draw must end all the same.
  for (int tries = 0; values.size() < static_cast<size_t>(resamples) && tries < 10 * resamples;
       ++tries) {
    for (int64_t& row : drawn) row = rng.integer(rows);
    const double value = statistic(drawn);
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return {std::nan(""), std::nan("")};
  std::sort(values.begin(), values.end());
  return {quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2)};
}

Estimate mean_over_seeds(std::span<const double> values, Rng rng) {
  const auto mean_of = [&](std::span<const int64_t> rows) {
    double sum = 0;
    for (const int64_t r : rows) sum += values[static_cast<size_t>(r)];
    return sum / static_cast<double>(rows.size());
  };
  const double value = mean(values);
  const auto count = static_cast<int64_t>(values.size());
  return {value, bootstrap(count, mean_of, rng), count};
}

Estimate paired_difference(std::span<const double> a, std::span<const double> b, Rng rng) {
  require(a.size() == b.size(), "paired_difference: {} and {} values, expected pairs", a.size(),
          b.size());
  std::vector<double> differences;
  for (size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  return mean_over_seeds(differences, rng);
}

SlopeFit fit_slope(std::span<const double> x, std::span<const double> y, Rng rng) {
  require(x.size() == y.size(), "fit_slope: {} x and {} y, expected pairs", x.size(), y.size());
  const LineFit line = fit_line(x, y);
  require(x.size() >= 2 && !std::isnan(line.slope),
          "fit_slope: {} points on one x, expected at least two distinct x", x.size());
  const auto count = static_cast<int64_t>(x.size());
  const auto slope_of = [&](std::span<const int64_t> rows) {
    std::vector<double> drawn_x, drawn_y;
    for (const int64_t r : rows)
      drawn_x.push_back(x[static_cast<size_t>(r)]), drawn_y.push_back(y[static_cast<size_t>(r)]);
    return fit_line(drawn_x, drawn_y).slope;
  };
  return {{line.slope, bootstrap(count, slope_of, rng), count}, line.intercept, line.r_squared};
}

SlopeFit fit_exponent(std::span<const double> x, std::span<const double> y, Rng rng) {
  return fit_slope(logs(x), logs(y), rng);
}

std::string spread_text(const Estimate& estimate, const char* of) {
  if (estimate.count == 1) return fmt::format("one {}", of);
  return fmt::format("95 % interval [{}, {}], {} {}s", number_text(estimate.interval.low),
                     number_text(estimate.interval.high), estimate.count, of);
}

}  // namespace offprint::papers
