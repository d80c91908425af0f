#include "offprint/models/s_mamba.h"

#include "offprint/core/error.h"
#include "offprint/nn/dropout.h"
#include "offprint/nn/window_scale.h"

namespace offprint::models {
namespace {

VariateMixer make_mixer(const SMambaOptions& o, const Rng& rng) {
  nn::MambaOptions mamba = o.mamba;
  mamba.d_model = o.width;
  Rng first = rng.split("mixer"), second = rng.split("backward mixer");
  if (o.mixer == "two-way")
    return {TwoWayMamba{nn::make_mamba(mamba, first), nn::make_mamba(mamba, second)}};
  if (o.mixer == "one-way") return {nn::make_mamba(mamba, first)};
  if (o.mixer == "attention") return {nn::make_attention(o.width, o.heads, first)};
  require(o.mixer == "none", "mixer '{}', expected two-way|one-way|attention|none", o.mixer);
  return {NoMixer{}};
}

VariateLayer make_layer(const SMambaOptions& o, const Rng& rng) {
  Rng feed = rng.split("feed-forward");
  return {make_mixer(o, rng), nn::make_layer_norm(o.width), nn::make_layer_norm(o.width),
          nn::make_linear(o.width, o.d_ff, feed), nn::make_linear(o.d_ff, o.width, feed)};
}

Tensor mix(const NoMixer&, const Tensor& x) { return at::zeros_like(x); }
Tensor mix(const nn::Mamba& m, const Tensor& x) { return nn::forward(m, x); }
Tensor mix(const TwoWayMamba& m, const Tensor& x) {
  return nn::forward(m.forward, x) + nn::forward(m.backward, x.flip(1)).flip(1);
}
Tensor mix(const nn::Attention& m, const Tensor& x) { return nn::forward(m, x, false); }

Tensor layer_forward(const VariateLayer& m, const Tensor& x, double dropout, Rng* rng) {
  const Tensor mixed = std::visit([&](const auto& layer) { return mix(layer, x); }, m.mixer.layer);
  const Tensor n = nn::forward(m.mixed, x + mixed);
  const Tensor inside = nn::dropout(at::gelu(nn::forward(m.expand, n)), dropout, rng);
  return nn::forward(m.fed, n + nn::dropout(nn::forward(m.contract, inside), dropout, rng));
}

}  // namespace

SMamba make_s_mamba(const SMambaOptions& o, const Rng& rng) {
  require(o.lookback > 0 && o.horizon > 0 && o.width > 0 && o.depth > 0 && o.d_ff > 0,
          "S-Mamba: lookback {}, horizon {}, width {}, depth {}, d-ff {}, expected positive sizes",
          o.lookback, o.horizon, o.width, o.depth, o.d_ff);
  Rng embedding = rng.split("embedding"), head = rng.split("head");
  SMamba m{o,
           nn::make_linear(o.lookback, o.width, embedding),
           {},
           nn::make_layer_norm(o.width),
           nn::make_linear(o.width, o.horizon, head)};
  for (int64_t i = 0; i < o.depth; ++i)
    m.layers.push_back(make_layer(o, rng.split("layers").split(static_cast<uint64_t>(i))));
  return m;
}

Tensor forward(const SMamba& m, const Tensor& history, Rng* dropout) {
  const SMambaOptions& o = m.options;
  require(history.dim() == 3 && history.size(1) == o.lookback,
          "S-Mamba: history is {}, expected (B,{},V)", shape_text(history), o.lookback);
  const nn::WindowScale scale = nn::window_scale(history, "mean");
  Tensor x = nn::forward(m.embedding, nn::scaled(scale, history).transpose(1, 2));  // (B,V,D)
  x = nn::dropout(x, o.dropout, dropout);
  for (const VariateLayer& layer : m.layers) x = layer_forward(layer, x, o.dropout, dropout);
  const Tensor y = nn::forward(m.head, nn::forward(m.norm, x)).transpose(1, 2);  // (B,H,V)
  return nn::unscaled(scale, y);
}

}  // namespace offprint::models
