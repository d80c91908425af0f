#include "offprint/nn/target_map.h"

#include <cmath>
#include <utility>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

struct Layer {
  Tensor weight, bias;  // (I,O), (O) or undefined; views of theta
};

std::vector<Layer> layers_of(const Tensor& theta, const LayerOptions& o) {
  std::vector<Layer> layers;
  int64_t at = 0;
  const auto take = [&](int64_t count) {
    const Tensor part = theta.narrow(0, at, count);
    at += count;
    return part;
  };
  for (size_t i = 0; i + 1 < o.widths.size(); ++i) {
    Layer layer;
    layer.weight = take(o.widths[i] * o.widths[i + 1]).view({o.widths[i], o.widths[i + 1]});
    if (o.bias) layer.bias = take(o.widths[i + 1]);
    layers.push_back(std::move(layer));
  }
  return layers;
}

// What goes into each layer, and the outputs last.
std::vector<Tensor> signals(const Tensor& X, const LayerOptions& o, const Tensor& theta) {
  std::vector<Tensor> h{X};
  const std::vector<Layer> layers = layers_of(theta, o);
  for (size_t i = 0; i < layers.size(); ++i) {
    Tensor next = h.back().matmul(layers[i].weight);
    if (layers[i].bias.defined()) next.add_(layers[i].bias);
    if (i + 1 < layers.size() && o.activation == Activation::tanh) next.tanh_();
    h.push_back(std::move(next));
  }
  return h;
}

Tensor pulled(const std::vector<Tensor>& h, const LayerOptions& o, const Tensor& theta,
              const Tensor& u) {
  Tensor gradient = at::empty_like(theta);
  const std::vector<Layer> layers = layers_of(theta, o), slopes = layers_of(gradient, o);
  Tensor back = u;
  for (size_t i = layers.size(); i-- > 0;) {
    slopes[i].weight.copy_(h[i].t().matmul(back));
    if (o.bias) slopes[i].bias.copy_(back.sum(0));
    if (i == 0) break;
    back = back.matmul(layers[i].weight.t());
    if (o.activation == Activation::tanh) back = back * (1 - h[i] * h[i]);
  }
  return gradient;
}

}  // namespace

int64_t layered_parameters(const LayerOptions& o) {
  require(o.widths.size() >= 2, "layers: {} widths, expected two or more", o.widths.size());
  int64_t count = 0;
  for (size_t i = 0; i + 1 < o.widths.size(); ++i)
    count += (o.widths[i] + (o.bias ? 1 : 0)) * o.widths[i + 1];
  return count;
}

Tensor start_layers(const LayerOptions& o, Rng rng, double gain) {
  const Tensor theta = at::zeros({layered_parameters(o)}, at::kDouble);
  for (const Layer& layer : layers_of(theta, o)) {
    const double deviation = gain / std::sqrt(static_cast<double>(layer.weight.size(0)));
    layer.weight.copy_(deviation * rng.normal(layer.weight.sizes(), at::kDouble));
  }
  return theta;
}

Tensor layered_outputs(const Tensor& X, const LayerOptions& options, const Tensor& theta) {
  return signals(X, options, theta).back();
}

TargetModel layered_model(const Tensor& X, const LayerOptions& o) {
  require(X.dim() == 2 && X.scalar_type() == at::kDouble && !o.widths.empty() &&
              X.size(1) == o.widths[0],
          "layers: X is {}, expected (N,{}) float64", shape_text(X),
          o.widths.empty() ? 0 : o.widths[0]);
  TargetModel model{layered_parameters(o), X.size(0), o.widths.back(), {}};
  model.on = [X, o](const Tensor& rows) {
    const Tensor part = rows.defined() ? X.index_select(0, rows) : X;
    TargetMap map{.examples = part.size(0)};
    map.outputs = [part, o](const Tensor& theta) { return layered_outputs(part, o, theta); };
    map.record = [part, o](const Tensor& theta) {
      std::vector<Tensor> h = signals(part, o, theta);
      RecordedOutputs r{h.back(), {}};
      r.pull = [h, o, theta](const Tensor& u) { return pulled(h, o, theta, u); };
      return r;
    };
    if (o.widths.size() == 2 && !o.bias) map.design = part;
    return map;
  };
  return model;
}

TargetModel recorded_model(int64_t parameters, int64_t examples, int64_t outputs,
                           std::function<Tensor(const Tensor&, const Tensor&)> f) {
  TargetModel model{parameters, examples, outputs, {}};
  model.on = [f = std::move(f), examples](const Tensor& wanted) {
    const Tensor rows = wanted.defined() ? wanted : at::arange(examples, at::kLong);
    TargetMap map{.examples = rows.size(0)};
    map.outputs = [f, rows](const Tensor& theta) {
      const at::NoGradGuard no_grad;
      return f(theta, rows);
    };
    map.record = [f, rows](const Tensor& theta) {
      const at::AutoGradMode recording(true);
      const Tensor leaf = theta.detach().clone().set_requires_grad(true);
      const Tensor z = f(leaf, rows);
      return RecordedOutputs{z.detach(), [leaf, z](const Tensor& u) {
                               const at::AutoGradMode again(true);
                               return gradients({(z * u).sum()}, {leaf})[0];
                             }};
    };
    return map;
  };
  return model;
}

}  // namespace offprint::nn
