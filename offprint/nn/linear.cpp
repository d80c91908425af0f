#include "offprint/nn/linear.h"

#include <ATen/ops/baddbmm.h>

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {

Linear make_linear(int64_t inputs, int64_t outputs, Rng& rng, bool bias) {
  require(inputs > 0 && outputs > 0, "make_linear: {} -> {}, expected positive sizes", inputs,
          outputs);
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  return {rng.uniform({outputs, inputs}, -bound, bound),
          bias ? rng.uniform({outputs}, -bound, bound) : Tensor()};
}

Tensor forward(const Linear& m, const Tensor& x) {
  require(x.dim() > 0 && x.size(-1) == m.weight.size(1), "linear: x is {}, expected (...,{})",
          shape_text(x), m.weight.size(1));
  return at::linear(x, m.weight, m.bias);
}

Tensor forward_channels(const Linear& m, const Tensor& x) {
  require(x.dim() == 3 && x.size(1) == m.weight.size(1), "linear: x is {}, expected (B,{},L)",
          shape_text(x), m.weight.size(1));
  // One product a sequence with the weights broadcast: the signal is never transposed.
  const int64_t batch = x.size(0), outputs = m.weight.size(0);
  const Tensor weight = m.weight.unsqueeze(0).expand({batch, outputs, x.size(1)});
  if (!m.bias.defined()) return at::bmm(weight, x);
  return at::baddbmm(m.bias.view({1, outputs, 1}), weight, x);
}

}  // namespace offprint::nn
