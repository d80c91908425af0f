// Parameters of a model, listed once for optimiser and checkpoint. A layer is a struct of tensors
// with
//   template <class Visitor> void visit(Layer& m, Visitor&& param) { param("gate", m.w_gate); }
// where a member may be a Tensor, another visitable struct, or a std::vector of either.
#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::nn {

// How one parameter differs from the optimiser's defaults; unset means the default.
struct ParameterOptions {
  std::optional<double> lr;  // peak rate; schedules scale it as they scale the default
  std::optional<double> weight_decay;
  bool trainable = true;  // false: kept in checkpoints, not touched by the optimiser
};

struct Parameter {
  std::string name;  // "blocks.0.mixer.log_dt"
  Tensor tensor;     // shares storage with the model
  ParameterOptions options;
};
using Parameters = std::vector<Parameter>;

namespace detail {
struct Collector {
  Parameters& out;
  std::string prefix;
  void operator()(const char* name, Tensor& t, ParameterOptions options = {}) const {
    if (t.defined()) out.push_back({prefix + name, t, options});
  }
  template <class Layer>
  void operator()(const char* name, std::vector<Layer>& layers) const {
    for (size_t i = 0; i < layers.size(); ++i)
      (*this)((std::string(name) + "." + std::to_string(i)).c_str(), layers[i]);
  }
  template <class Layer>
  requires(!std::same_as<Layer, Tensor>) void operator()(const char* name, Layer& layer) const {
    visit(layer, Collector{out, prefix + name + "."});
  }
};

struct Mover {
  at::Device device;
  void operator()(const char*, Tensor& t, const ParameterOptions& = {}) const {
    if (t.defined()) t = t.to(device);
  }
  template <class Layer>
  void operator()(const char* name, std::vector<Layer>& layers) const {
    for (Layer& layer : layers) (*this)(name, layer);
  }
  template <class Layer>
  requires(!std::same_as<Layer, Tensor>) void operator()(const char*, Layer& layer) const {
    visit(layer, *this);
  }
};
}  // namespace detail

// All parameters in visiting order; turns on requires_grad for trainable ones (leaf tensors).
template <class Model>
Parameters parameters_of(Model& model) {
  Parameters out;
  visit(model, detail::Collector{out, ""});
  for (Parameter& p : out) p.tensor.set_requires_grad(p.options.trainable);
  return out;
}

// All parameters to another device; call it before parameters_of, whose tensors would stay behind.
template <class Model>
void move_to(Model& model, at::Device device) {
  visit(model, detail::Mover{device});
}

// Trainable entries; a complex entry counts 2.
int64_t parameter_count(const Parameters& parameters);

// t itself, or a complex t as its (..., 2) pairs of floats, which share its storage.
Tensor real_view(const Tensor& t);

// The values now, in order, and back again in place. copy_values throws Error on a shape mismatch.
std::vector<Tensor> copy_of(const Parameters& parameters);
void copy_values(const Parameters& parameters, const std::vector<Tensor>& values);

}  // namespace offprint::nn
