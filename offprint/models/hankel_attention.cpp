#include "offprint/models/hankel_attention.h"

#include "offprint/core/error.h"
#include "offprint/kernels/hankel.h"

namespace offprint::models {

HankelAttention make_hankel_attention(const HankelAttentionOptions& o, Rng& rng) {
  require(o.lags >= 1 && o.depth >= 1, "linear attention: {} lags, {} layers, expected >= 1",
          o.lags, o.depth);
  nn::parse_column_attention(o.attention);
  HankelAttention model{o, {}};
  for (int64_t layer = 0; layer < o.depth; ++layer)
    model.layers.push_back(nn::make_linear_attention(o.lags + 1, o.init, rng));
  return model;
}

Tensor forward(const HankelAttention& model, const Tensor& x) {
  const nn::ColumnAttention kind = nn::parse_column_attention(model.options.attention);
  Tensor H = kernels::hankel(x.to(model.layers.front().P.options()), model.options.lags);
  for (size_t layer = 0; layer + 1 < model.layers.size(); ++layer)
    H = nn::forward(model.layers[layer], H, kind);
  return nn::forward_query(model.layers.back(), H, kind).select(1, model.options.lags);
}

HankelAttention with_another_layer(const HankelAttention& model, Rng& rng) {
  HankelAttention deeper{model.options, {}};
  for (const nn::LinearAttention& layer : model.layers)
    deeper.layers.push_back({layer.P.detach().clone(), layer.Q.detach().clone()});
  nn::LinearAttention last =
      nn::make_linear_attention(model.options.lags + 1, model.options.init, rng);
  last.P.zero_();
  deeper.layers.push_back({last.P, last.Q});
  for (nn::LinearAttention& layer : deeper.layers) {
    layer.P = layer.P.to(model.layers.front().P.scalar_type());
    layer.Q = layer.Q.to(model.layers.front().P.scalar_type());
  }
  deeper.options.depth = static_cast<int64_t>(deeper.layers.size());
  return deeper;
}

}  // namespace offprint::models
