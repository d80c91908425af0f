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

}  // namespace offprint
