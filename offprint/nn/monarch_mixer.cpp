#include "offprint/nn/monarch_mixer.h"

#include <ATen/ops/flip.h>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"
#include "offprint/kernels/monarch.h"

namespace offprint::nn {
namespace {

Tensor convolve(const MonarchMixer& m, const Tensor& u, size_t which) {
  const int64_t L = u.size(2);
  const Tensor k = taps(m.ahead[which], L);
  if (m.options.transform == "fft")
    return m.behind.empty() ? kernels::fft_conv(u, k)
                            : kernels::fft_conv_two_sided(u, k, taps(m.behind[which], L));
  const Tensor y = kernels::monarch_conv(u, k);
  if (m.behind.empty()) return y;
  const Tensor back = at::pad(taps(m.behind[which], L), {1, 0});  // begins one step ahead
  return y + at::flip(kernels::monarch_conv(at::flip(u, {2}), back), {2});
}

}  // namespace

MonarchMixer make_monarch_mixer(const MonarchMixerOptions& o, Rng& rng) {
  require(o.width > 0 && o.length > 0,
          "Monarch mixer: width {}, length {}, expected positive sizes", o.width, o.length);
  require(o.transform == "fft" || o.transform == "monarch",
          "Monarch mixer: transform '{}', expected fft|monarch", o.transform);
  ImplicitFilterOptions filter = o.filter;
  filter.channels = o.width, filter.length = o.length;
  MonarchMixer m{o,
                 make_linear(o.width, 3 * o.width, rng),
                 make_linear(o.width, o.width, rng),
                 make_causal_conv(3 * o.width, 3, 1, rng),
                 {},
                 {},
                 rng.normal({o.width})};
  for (int i = 0; i < (o.residual ? 2 : 1); ++i) {
    m.ahead.push_back(make_implicit_filter(filter, rng));
    if (!o.causal) m.behind.push_back(make_implicit_filter(filter, rng));
  }
  return m;
}

Tensor forward(const MonarchMixer& m, const Tensor& u) {
  require(u.dim() == 3 && u.size(1) == m.options.width, "Monarch mixer: u is {}, expected (B,{},L)",
          shape_text(u), m.options.width);
  const auto parts = forward(m.short_conv, forward_channels(m.input, u)).chunk(3, 1);
  const Tensor v = parts[2] * parts[0];
  Tensor y = convolve(m, v, 0) + m.skip.unsqueeze(-1) * v;
  if (m.options.residual) y = y + convolve(m, u, 1);
  return forward_channels(m.output, y * parts[1]);
}

}  // namespace offprint::nn
