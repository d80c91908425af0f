#include "offprint/core/numbers.h"

#include <algorithm>
#include <cmath>

namespace offprint {

std::vector<double> numbers(const Tensor& t) {
  const Tensor flat = t.detach().to(at::kCPU, at::kDouble).contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

double median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

MeanError mean_with_error(const Tensor& values, int64_t block) {
  const int64_t blocks = std::max<int64_t>(1, values.size(0) / block);
  const int64_t length = std::min(block, values.size(0));
  const Tensor means = values.slice(0, 0, blocks * length).reshape({blocks, length}).mean(1);
  const double spread = (means - means.mean()).square().mean().sqrt().item<double>();
  return {values.mean().item<double>(),
          spread / std::sqrt(static_cast<double>(std::max<int64_t>(1, blocks - 1)))};
}

LineFit fit_line(std::span<const double> x, std::span<const double> y) {
  const auto n = static_cast<double>(x.size());
  double mx = 0, my = 0, sxx = 0, sxy = 0, syy = 0;
  for (size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - mx, dy = y[i] - my;
    sxx += dx * dx, sxy += dx * dy, syy += dy * dy;
  }
  const double slope = sxx > 1e-24 * (1 + mx * mx) ? sxy / sxx : std::nan("");
  return {slope, my - slope * mx, syy > 0 ? slope * sxy / syy : 1};
}

}  // namespace offprint
