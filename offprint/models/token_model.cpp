#include "offprint/models/token_model.h"

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/nn/dropout.h"
#include "offprint/nn/parameters.h"

namespace offprint::models {
namespace {

TokenMixer make_mixer(const TrunkOptions& o, Rng& rng) {
  if (o.mixer == "attention") return {nn::make_attention(o.width, o.heads, rng)};
  if (o.mixer == "m2" || o.mixer == "m2-residual")
    return {nn::make_monarch_mixer({.width = o.width,
                                    .length = o.length,
                                    .causal = o.causal,
                                    .residual = o.mixer == "m2-residual"},
                                   rng)};
  require(o.mixer == "monarch", "mixer '{}', expected attention|m2|m2-residual|monarch", o.mixer);
  if (o.causal) return {nn::make_learned_causal_monarch(o.width, o.length, rng)};
  return {nn::make_learned_monarch(o.width, o.length, rng)};
}

FeedMap make_map(const TrunkOptions& o, int64_t inputs, int64_t outputs, Rng& rng) {
  if (o.feed == "dense") return {nn::make_linear(inputs, outputs, rng)};
  require(o.feed == "block", "feed-forward '{}', expected dense|block", o.feed);
  return {nn::make_block_linear(inputs, outputs, o.blocks, rng)};
}

Tensor mix(const nn::Attention& m, const Tensor& x, bool causal) {
  return nn::forward(m, x, causal);
}
template <class Channels>
Tensor mix(const Channels& m, const Tensor& x, bool) {
  return nn::forward(m, x.transpose(1, 2)).transpose(1, 2);
}

Tensor apply(const FeedMap& m, const Tensor& x) {
  return std::visit([&](const auto& layer) { return nn::forward(layer, x); }, m.layer);
}

Tensor block_forward(const TokenBlock& m, const Tensor& x, const TrunkOptions& o, Rng* rng) {
  const Tensor n = nn::forward(m.before_mixer, x);
  const Tensor mixed =
      std::visit([&](const auto& layer) { return mix(layer, n, o.causal); }, m.mixer.layer);
  const Tensor y = x + nn::dropout(mixed, o.dropout, rng);
  const Tensor inside = at::gelu(apply(m.expand, nn::forward(m.before_feed, y)));
  return y + nn::dropout(apply(m.contract, inside), o.dropout, rng);
}

}  // namespace

Trunk make_trunk(const TrunkOptions& o, Rng& rng) {
  require(o.length > 0 && o.width > 0 && o.depth > 0 && o.expand > 0,
          "token model: length {}, width {}, depth {}, expand {}, expected positive sizes",
          o.length, o.width, o.depth, o.expand);
  Trunk m{o, rng.normal({o.length, o.width}) * 0.02, {}, nn::make_layer_norm(o.width)};
  for (int64_t i = 0; i < o.depth; ++i)
    m.blocks.push_back({nn::make_layer_norm(o.width), nn::make_layer_norm(o.width),
                        make_mixer(o, rng), make_map(o, o.width, o.expand * o.width, rng),
                        make_map(o, o.expand * o.width, o.width, rng)});
  return m;
}

Tensor forward(const Trunk& m, const Tensor& x, Rng* dropout) {
  const TrunkOptions& o = m.options;
  require(x.dim() == 3 && x.size(1) >= 1 && x.size(1) <= o.length && x.size(2) == o.width,
          "token model: features are {}, expected (B,L,{}) with L at most {}", shape_text(x),
          o.width, o.length);
  Tensor y = nn::dropout(x + m.positions.narrow(0, 0, x.size(1)), o.dropout, dropout);
  for (const TokenBlock& block : m.blocks) y = block_forward(block, y, o, dropout);
  return nn::forward(m.norm, y);
}

TokenModel make_token_model(int64_t vocabulary, const TrunkOptions& o, Rng& rng) {
  require(vocabulary > 0, "token model: vocabulary {}, expected a positive size", vocabulary);
  const Tensor embedding = rng.normal({vocabulary, o.width}) * 0.02;
  return {embedding, make_trunk(o, rng)};
}

Tensor features(const TokenModel& m, const Tensor& tokens, Rng* dropout) {
  require_dim(tokens, 2, "token model", "tokens", "(B,L)");
  return forward(m.trunk, at::embedding(m.embedding, tokens), dropout);
}

Tensor forward(const TokenModel& m, const Tensor& tokens, Rng* dropout) {
  return at::matmul(features(m, tokens, dropout), m.embedding.t());
}

Tensor forward(const TokenClassifier& m, const Tensor& tokens, Rng* dropout) {
  return nn::forward(m.head, features(m.model, tokens, dropout).mean(1));
}

PatchModel make_patch_model(int64_t side, int64_t patch, int64_t classes, TrunkOptions o,
                            Rng& rng) {
  require(side > 0 && patch > 0 && side % patch == 0 && classes > 0,
          "patch model: side {}, patch {}, {} classes, expected a side that patches divide", side,
          patch, classes);
  const int64_t across = side / patch;
  o.length = across * across;
  const nn::Linear input = nn::make_linear(patch * patch, o.width, rng);
  Trunk trunk = make_trunk(o, rng);
  return {patch, input, std::move(trunk), nn::make_linear(o.width, classes, rng)};
}

Tensor forward(const PatchModel& m, const Tensor& images, Rng* dropout) {
  const int64_t p = m.patch, S = images.dim() == 3 ? images.size(1) : 0;
  require(images.dim() == 3 && S == images.size(2) && S > 0 && S % p == 0,
          "patch model: images are {}, expected (B,S,S) with S a multiple of {}",
          shape_text(images), p);
  const int64_t B = images.size(0), across = S / p;
  const Tensor patches = images.reshape({B, across, p, across, p})
                             .permute({0, 1, 3, 2, 4})
                             .reshape({B, across * across, p * p});
  return nn::forward(m.head, forward(m.trunk, nn::forward(m.input, patches), dropout).mean(1));
}

int64_t trunk_width_for(int64_t vocabulary, TrunkOptions options, int64_t parameters) {
  const int64_t unit = std::lcm(options.heads, options.blocks);
  const auto off = [&](int64_t width) {
    options.width = width;
    Rng rng(0);
    TokenModel model = make_token_model(vocabulary, options, rng);
    return nn::parameter_count(nn::parameters_of(model)) - parameters;
  };
  int64_t width = unit;
  while (off(width + unit) < 0) {
    width += unit;
    require(width < 1 << 13, "trunk_width_for: {} parameters need a width above 8192", parameters);
  }
  return std::abs(off(width)) <= std::abs(off(width + unit)) ? width : width + unit;
}

}  // namespace offprint::models
