#include "offprint/nn/window_scale.h"

#include "offprint/core/error.h"

namespace offprint::nn {

WindowScale window_scale(const Tensor& windows, const std::string& centre) {
  constexpr double kEpsilon = 1e-5;
  require_dim(windows, 3, "window_scale", "windows", "(B,L,V)");
  const Tensor last = windows.slice(1, -1);
  if (centre == "none") return {at::zeros_like(last), at::ones_like(last)};
  require(centre == "mean" || centre == "last", "--centre: '{}', expected mean|last|none", centre);
  const Tensor mean = windows.mean(1, true);
  const Tensor spread = ((windows - mean).square().mean(1, true) + kEpsilon).sqrt();
  return {centre == "mean" ? mean : last, spread};
}

Tensor scaled(const WindowScale& scale, const Tensor& x) {
  return (x - scale.centre) / scale.spread;
}

Tensor unscaled(const WindowScale& scale, const Tensor& x) {
  return x * scale.spread + scale.centre;
}

}  // namespace offprint::nn
