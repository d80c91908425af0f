#include "offprint/tasks/conformal.h"

#include <ATen/ops/maximum.h>
#include <ATen/ops/sort.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::tasks {

namespace {

// Of some columns.
Tensor offsets_of(const Tensor& residuals, const std::vector<double>& levels) {
  const int64_t W = residuals.size(0);
  const Tensor sorted = std::get<0>(residuals.sort(0));
  std::vector<Tensor> offsets;
  for (const double level : levels) {
    require(level > 0 && level < 1, "quantile {}, expected between 0 and 1", level);
    const double rank = level * static_cast<double>(W + 1);
    // Outwards to the next residual, so that the interval is never too narrow.
    const auto place = static_cast<int64_t>(level < 0.5 ? std::floor(rank) : std::ceil(rank)) - 1;
    offsets.push_back(sorted[std::clamp<int64_t>(place, 0, W - 1)]);
  }
  return at::stack(offsets);
}

}  // namespace

Tensor conformal_offsets(const Tensor& residuals, const std::vector<double>& levels) {
  require_dim(residuals, 3, "conformal_offsets", "residuals", "(W,H,V)");
  require(residuals.size(0) >= 1, "conformal_offsets: no windows");
  // Hundreds of columns are not sorted at once: a sort holds three times what it sorts.
  constexpr int64_t kAtOnce = 1 << 22;
  const int64_t of_column = residuals.size(0) * residuals.size(1), columns = residuals.size(2);
  const int64_t step = std::max<int64_t>(1, kAtOnce / std::max<int64_t>(1, of_column));
  std::vector<Tensor> parts;
  for (int64_t v = 0; v < columns; v += step)
    parts.push_back(offsets_of(residuals.slice(2, v, v + step), levels));
  return at::cat(parts, 2);
}

double quantile_loss(const Tensor& forecasts, const Tensor& truth,
                     const std::vector<double>& levels) {
  double sum = 0;
  for (size_t q = 0; q < levels.size(); ++q) {
    const Tensor off = truth - forecasts[static_cast<int64_t>(q)];
    sum += 2 * at::maximum(levels[q] * off, (levels[q] - 1) * off).mean().item<double>();
  }
  return sum / static_cast<double>(levels.size());
}

}  // namespace offprint::tasks
