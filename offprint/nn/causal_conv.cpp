#include "offprint/nn/causal_conv.h"

#include <ATen/ops/addcmul.h>

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {

CausalConv make_causal_conv(int64_t channels, int64_t taps, int64_t dilation, Rng& rng) {
  require(channels > 0 && taps > 0 && dilation > 0,
          "make_causal_conv: {} channels, {} taps, dilation {}, expected positive numbers",
          channels, taps, dilation);
  const double bound = 1.0 / std::sqrt(static_cast<double>(taps));
  return {rng.uniform({channels, 1, taps}, -bound, bound), at::zeros({channels}), dilation};
}

Tensor forward(const CausalConv& m, const Tensor& x) {
  const int64_t channels = m.weight.size(0), past = (m.weight.size(2) - 1) * m.dilation;
  require(x.dim() == 3 && x.size(1) == channels, "causal_conv: x is {}, expected (B,{},L)",
          shape_text(x), channels);
  return at::conv1d(at::pad(x, {past, 0}), m.weight, m.bias, at::IntArrayRef{1}, at::IntArrayRef{0},
                    at::IntArrayRef{m.dilation}, channels);
}

Tensor forward_steps(const CausalConv& m, const Tensor& x) {
  const int64_t channels = m.weight.size(0), taps = m.weight.size(2), L = x.size(1);
  require(x.dim() == 3 && x.size(2) == channels, "causal_conv: x is {}, expected (B,L,{})",
          shape_text(x), channels);
  const Tensor padded = at::pad(x, {0, 0, (taps - 1) * m.dilation, 0});
  Tensor y = m.bias;
  for (int64_t k = 0; k < taps; ++k)
    y = at::addcmul(y, padded.narrow(1, k * m.dilation, L), m.weight.select(2, k).squeeze(1));
  return y;
}

}  // namespace offprint::nn
