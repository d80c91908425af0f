#include "offprint/core/tensor.h"

#include <fmt/ranges.h>

#include <limits>

#include "offprint/core/error.h"

namespace offprint {

std::string shape_text(const Tensor& t) {
  if (!t.defined()) return "undefined";
  return fmt::format("({})", fmt::join(t.sizes().begin(), t.sizes().end(), ","));
}

void require_dim(const Tensor& t, int64_t dim, const char* where, const char* name,
                 const char* expected) {
  require(t.defined() && t.dim() == dim, "{}: {} is {}, expected {}", where, name, shape_text(t),
          expected);
}

namespace {
Tensor widened(const Tensor& t) {
  const Tensor cpu = t.detach().to(at::kCPU);
  return cpu.is_complex() ? cpu.to(at::kComplexDouble) : cpu.to(at::kDouble);
}
}  // namespace

double max_abs_diff(const Tensor& a, const Tensor& b) {
  if (!a.sizes().equals(b.sizes())) return std::numeric_limits<double>::infinity();
  if (a.numel() == 0) return 0.0;
  const double diff = (widened(a) - widened(b)).abs().max().item<double>();
  return diff == diff ? diff : std::numeric_limits<double>::infinity();
}

double relative_error(const Tensor& a, const Tensor& b) {
  return (widened(a) - widened(b)).norm().item<double>() / widened(b).norm().item<double>();
}

at::Device parse_device(const std::string& name) {
  try {
    const at::Device device(name);
    if (device.is_cpu() || device.is_cuda()) {
      at::empty({1}, at::TensorOptions().device(device));
      return device;
    }
  } catch (const c10::OutOfMemoryError&) {
    fail("--device: '{}' has no memory left", name);
  } catch (const c10::Error&) {  // not a name, or not here
  }
  fail(
      "--device: '{}' is not a device of this build, expected cpu or, with a CUDA libtorch, "
      "cuda[:N]",
      name);
}

}  // namespace offprint
