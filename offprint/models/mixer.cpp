#include "offprint/models/mixer.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/models/catalog.h"

namespace offprint::models {
namespace {

// Taps so that the blocks together just reach over the whole sequence, each dilated by the reach
// of those before: taps^blocks >= length.
nn::CausalConv covering_conv(const MixerPlace& place, Rng& rng) {
  const double length = static_cast<double>(place.length > 0 ? place.length : 1024);
  const auto blocks = static_cast<double>(place.blocks);
  const int64_t taps =
      std::max<int64_t>(2, static_cast<int64_t>(std::ceil(std::pow(length, 1.0 / blocks) - 1e-9)));
  int64_t dilation = 1;
  for (int64_t i = 0; i < place.block; ++i) dilation *= taps;
  return nn::make_causal_conv(place.width, taps, dilation, rng);
}

Tensor mix(const nn::S4D& m, const Tensor& u, bool) { return nn::convolve(m, u); }
Tensor mix(const nn::Dss& m, const Tensor& u, bool) { return nn::convolve(m, u); }
Tensor mix(const nn::S4& m, const Tensor& u, bool) { return nn::convolve(m, u); }
Tensor mix(const nn::CompanionSsm& m, const Tensor& u, bool) { return nn::convolve(m, u); }
Tensor mix(const nn::MonarchMixer& m, const Tensor& u, bool) { return nn::forward(m, u); }
Tensor mix(const nn::Lstm& m, const Tensor& u, bool) {
  return nn::forward(m, u.transpose(1, 2)).transpose(1, 2);
}
Tensor mix(const nn::CausalConv& m, const Tensor& u, bool) { return nn::forward(m, u); }
Tensor mix(const nn::Attention& m, const Tensor& u, bool causal) {
  // Attention alone does not know the order of its inputs.
  const Tensor positions = nn::sinusoidal_positions(u.size(2), u.size(1)).to(u.options());
  return nn::forward(m, u.transpose(1, 2) + positions, causal).transpose(1, 2);
}
// Groups of channels are the variates of a grid.
Tensor mix(const nn::GridMamba& m, const Tensor& u, bool) {
  const int64_t B = u.size(0), L = u.size(2), D = m.output.weight.size(0);
  const Tensor grid = u.view({B, u.size(1) / D, D, L}).transpose(2, 3);  // (B,V,L,D)
  return nn::forward(m, grid).transpose(2, 3).reshape(u.sizes());
}

}  // namespace

Mixer make_s4d_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  nn::S4DOptions o = options.s4d;
  o.d_model = place.width;
  return {nn::make_s4d(o, rng), true};
}

Mixer make_dss_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  const auto& o = options.s4d;
  return {nn::make_dss({.d_model = place.width,
                        .d_state = o.d_state,
                        .init = o.init,
                        .dt_min = o.dt_min,
                        .dt_max = o.dt_max,
                        .ssm_lr = o.ssm_lr},
                       rng),
          true};
}

Mixer make_s4_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  const auto& o = options.s4d;
  nn::S4Options s4{.d_model = place.width,
                   .d_state = o.d_state,
                   .basis = options.basis,
                   .dt_min = o.dt_min,
                   .dt_max = o.dt_max,
                   .ssm_lr = o.ssm_lr};
  if (place.length > 0) s4.length = place.length;
  return {nn::make_s4(s4, rng), true};
}

Mixer make_companion_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  return {nn::make_companion_ssm(place.width, options.s4d.d_state, rng), true};
}

Mixer make_m2_mixer(const MixerOptions&, const MixerPlace& place, Rng& rng) {
  nn::MonarchMixerOptions o{.width = place.width, .causal = place.causal};
  if (place.length > 0) o.length = place.length;
  return {nn::make_monarch_mixer(o, rng), place.causal};
}

Mixer make_chimera_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  require(options.heads >= 1 && place.width % options.heads == 0,
          "chimera: width {} is no multiple of {} groups (--heads)", place.width, options.heads);
  // Mamba keeps a quarter of the states where S4D has 64.
  const nn::MambaOptions mamba{.d_model = place.width / options.heads,
                               .d_state = (options.s4d.d_state + 3) / 4,
                               .expand = 1,
                               .taps = 2};
  return {nn::make_grid_mamba({.mamba = mamba}, rng), true};
}

Mixer make_lstm_mixer(const MixerOptions&, const MixerPlace& place, Rng& rng) {
  return {nn::make_lstm(place.width, place.width, rng), place.causal};
}

Mixer make_cnn_mixer(const MixerOptions&, const MixerPlace& place, Rng& rng) {
  return {covering_conv(place, rng), place.causal};
}

Mixer make_attention_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  return {nn::make_attention(place.width, options.heads, rng), place.causal};
}

Mixer make_mixer(const MixerOptions& options, const MixerPlace& place, Rng& rng) {
  return find_sequence_layer(options.kind).make(options, place, rng);
}

Tensor forward(const Mixer& m, const Tensor& u) {
  return std::visit([&](const auto& layer) { return mix(layer, u, m.causal); }, m.layer);
}

}  // namespace offprint::models
