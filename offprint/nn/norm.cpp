#include "offprint/nn/norm.h"

#include "offprint/core/error.h"
#include "offprint/kernels/channel_norm.h"

namespace offprint::nn {
namespace {

constexpr double kEpsilon = 1e-5;

void require_features(const char* where, const Tensor& x, int64_t dim, const Tensor& weight) {
  require(x.dim() > 0 && x.size(dim) == weight.size(0), "{}: x is {}, expected {} features", where,
          shape_text(x), weight.size(0));
}

Tensor column(const Tensor& t) { return t.view({1, -1, 1}); }

}  // namespace

LayerNorm make_layer_norm(int64_t features) {
  return {at::ones({features}), at::zeros({features})};
}

Tensor forward(const LayerNorm& m, const Tensor& x) {
  require_features("layer_norm", x, -1, m.weight);
  return at::layer_norm(x, m.weight.sizes(), m.weight, m.bias, kEpsilon);
}

Tensor forward_channels(const LayerNorm& m, const Tensor& x) {
  require_dim(x, 3, "layer_norm", "x", "(B,D,L)");
  require_features("layer_norm", x, 1, m.weight);
  return kernels::channel_norm(x, m.weight, m.bias, kEpsilon);
}

RmsNorm make_rms_norm(int64_t features) { return {at::ones({features})}; }

Tensor forward(const RmsNorm& m, const Tensor& x) {
  require_features("rms_norm", x, -1, m.weight);
  return x * (x.pow(2).mean(-1, true) + kEpsilon).rsqrt() * m.weight;
}

Tensor forward_channels(const RmsNorm& m, const Tensor& x) {
  require_dim(x, 3, "rms_norm", "x", "(B,D,L)");
  require_features("rms_norm", x, 1, m.weight);
  return x * (x.pow(2).mean(1, true) + kEpsilon).rsqrt() * column(m.weight);
}

}  // namespace offprint::nn
