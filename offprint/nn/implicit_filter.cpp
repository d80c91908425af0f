#include "offprint/nn/implicit_filter.h"

#include <ATen/ops/linspace.h>

#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::nn {

ImplicitFilter make_implicit_filter(const ImplicitFilterOptions& o, Rng& rng) {
  require(o.channels > 0 && o.length > 0 && o.order > 0 && o.bands > 0,
          "implicit filter: {} channels, {} taps, order {}, {} bands, expected positive sizes",
          o.channels, o.length, o.order, o.bands);
  const Tensor time = at::linspace(0, 1, o.length);
  const Tensor f = at::linspace(1e-4, static_cast<double>(o.bands) - 1, o.bands);
  const Tensor angle = 2 * std::numbers::pi * time.unsqueeze(1) * f;  // (L,bands)
  // Decays from one at which 1 % is left at 0.3 of the length to one that leaves it at 1.5.
  const double slow = std::log(100.0) / 1.5, fast = std::log(100.0) / 0.3;
  const int64_t features = 2 * o.bands + 1;
  return {o,
          at::cat({time.unsqueeze(1), angle.cos(), -angle.sin()}, 1),
          at::full({o.order}, o.frequency),
          at::linspace(slow, fast, o.channels),
          time,
          make_linear(features, o.order, rng),
          make_linear(o.order, o.order, rng),
          make_linear(o.order, o.order, rng),
          make_linear(o.order, o.channels, rng, false)};
}

Tensor taps(const ImplicitFilter& m, int64_t length) {
  require(length >= 1 && length <= m.options.length,
          "implicit filter: {} taps, expected 1 to the {} it was made for", length,
          m.options.length);
  Tensor z = m.positions.narrow(0, 0, length);
  for (const Linear* layer : {&m.first, &m.second, &m.third})
    z = (m.frequency * forward(*layer, z)).sin();
  const Tensor window = at::exp(-m.time.narrow(0, 0, length) * m.decay.unsqueeze(1));  // (H,L)
  return forward(m.output, z).t() * window;
}

}  // namespace offprint::nn
