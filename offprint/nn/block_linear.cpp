#include "offprint/nn/block_linear.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {

BlockLinear make_block_linear(int64_t inputs, int64_t outputs, int64_t blocks, Rng& rng) {
  require(inputs > 0 && outputs > 0 && blocks > 0 && inputs % blocks == 0 && outputs % blocks == 0,
          "make_block_linear: {} inputs and {} outputs, expected multiples of {} blocks", inputs,
          outputs, blocks);
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs / blocks));
  return {rng.uniform({blocks, outputs / blocks, inputs / blocks}, -bound, bound),
          rng.uniform({outputs}, -bound, bound)};
}

Tensor forward(const BlockLinear& m, const Tensor& x) {
  const int64_t blocks = m.weight.size(0), inputs = blocks * m.weight.size(2);
  require(x.dim() >= 1 && x.size(-1) == inputs, "block_linear: x is {}, expected (...,{})",
          shape_text(x), inputs);
  const Tensor parts = x.reshape({-1, blocks, m.weight.size(2)}).transpose(0, 1);  // (b,R,I/b)
  const Tensor y = at::bmm(parts, m.weight.transpose(1, 2)).transpose(0, 1);       // (R,b,O/b)
  std::vector<int64_t> shape(x.sizes().begin(), x.sizes().end());
  shape.back() = blocks * m.weight.size(1);
  return y.reshape(shape) + m.bias;
}

Tensor dense(const BlockLinear& m) {
  const int64_t blocks = m.weight.size(0), O = m.weight.size(1), I = m.weight.size(2);
  Tensor out = at::zeros({blocks * O, blocks * I}, m.weight.options());
  for (int64_t b = 0; b < blocks; ++b)
    out.narrow(0, b * O, O).narrow(1, b * I, I).copy_(m.weight.select(0, b));
  return out;
}

}  // namespace offprint::nn
