#include "offprint/nn/lstm.h"

#include <ATen/ops/lstm.h>

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {

Lstm make_lstm(int64_t inputs, int64_t hidden, Rng& rng) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(hidden));
  Lstm m{rng.uniform({4 * hidden, inputs}, -bound, bound),
         rng.uniform({4 * hidden, hidden}, -bound, bound), at::zeros({4 * hidden}),
         at::zeros({4 * hidden})};
  m.input_bias.slice(0, hidden, 2 * hidden).fill_(1.0);
  return m;
}

Tensor forward(const Lstm& m, const Tensor& x) {
  require(x.dim() == 3 && x.size(2) == m.input.size(1), "lstm: x is {}, expected (B,L,{})",
          shape_text(x), m.input.size(1));
  const Tensor zero = at::zeros({1, x.size(0), m.recurrent.size(1)}, x.options());
  return std::get<0>(at::lstm(x, {zero, zero},
                              {m.input, m.recurrent, m.input_bias, m.recurrent_bias},
                              /*has_biases=*/true, /*num_layers=*/1, /*dropout=*/0.0,
                              /*train=*/x.requires_grad() || m.input.requires_grad(),
                              /*bidirectional=*/false, /*batch_first=*/true));
}

}  // namespace offprint::nn
