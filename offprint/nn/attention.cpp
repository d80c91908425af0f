#include "offprint/nn/attention.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {

Attention make_attention(int64_t width, int64_t heads, Rng& rng) {
  require(heads > 0 && width % heads == 0, "make_attention: width {} is no multiple of {} heads",
          width, heads);
  return {make_linear(width, 3 * width, rng), make_linear(width, width, rng), heads};
}

Tensor forward(const Attention& m, const Tensor& x, bool causal) {
  require_dim(x, 3, "attention", "x", "(B,L,D)");
  const int64_t batch = x.size(0), length = x.size(1), width = x.size(2);
  const auto parts = forward(m.qkv, x)
                         .view({batch, length, 3, m.heads, width / m.heads})
                         .permute({2, 0, 3, 1, 4})
                         .unbind(0);  // (B,heads,L,D/heads) each
  const Tensor y = at::scaled_dot_product_attention(parts[0], parts[1], parts[2], {}, 0.0, causal);
  return forward(m.output, y.transpose(1, 2).reshape({batch, length, width}));
}

Tensor sinusoidal_positions(int64_t length, int64_t width) {
  Tensor out = at::empty({length, width});
  auto at_position = out.accessor<float, 2>();
  for (int64_t l = 0; l < length; ++l)
    for (int64_t d = 0; d < width; ++d) {
      const double rate =
          std::pow(1e4, -static_cast<double>(d - d % 2) / static_cast<double>(width));
      const double angle = static_cast<double>(l) * rate;
      at_position[l][d] = static_cast<float>(d % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return out;
}

}  // namespace offprint::nn
