#include "offprint/nn/perceptron.h"

#include "offprint/core/error.h"

namespace offprint::nn {

Perceptron make_perceptron(const std::vector<int64_t>& widths, Rng& rng, bool silent) {
  require(widths.size() >= 2, "perceptron: {} widths, expected two or more", widths.size());
  Perceptron m;
  for (size_t i = 0; i + 1 < widths.size(); ++i)
    m.layers.push_back(make_linear(widths[i], widths[i + 1], rng));
  if (silent) m.layers.back().weight.zero_(), m.layers.back().bias.zero_();
  return m;
}

Tensor forward(const Perceptron& m, const Tensor& x) {
  Tensor h = x;
  for (size_t i = 0; i < m.layers.size(); ++i) {
    h = forward(m.layers[i], h);
    if (i + 1 < m.layers.size()) h = at::tanh(h);
  }
  return h;
}

}  // namespace offprint::nn
