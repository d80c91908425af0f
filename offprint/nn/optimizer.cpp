#include "offprint/nn/optimizer.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>

#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"

namespace offprint::nn {
namespace {

// What the optimiser keeps for one trainable parameter.
struct Slot {
  size_t parameter = 0;
  Tensor values;         // real view of the parameter, outside the graph
  Tensor first, second;  // running means of gradient and squared gradient; first: sgd's momentum
  Tensor steps;          // () float, the count of the fused step; undefined for sgd
  double lr = 0, weight_decay = 0;
};

// Slots with a gradient that share rate, decay and type: one fused call each.
struct Group {
  std::vector<Tensor> values, gradients, first, second, steps;
};
using GroupKey = std::tuple<double, double, at::ScalarType>;

}  // namespace

struct Optimizer::Impl {
  Parameters parameters;
  OptimizerOptions options;
  std::vector<Slot> slots;

  void add(size_t index) {
    const Parameter& p = parameters[index];
    require(p.tensor.is_contiguous(), "Optimizer: {} is not contiguous", p.name);
    Slot slot;
    slot.parameter = index;
    slot.values = real_view(p.tensor.detach());
    slot.lr = p.options.lr.value_or(options.lr);
    slot.weight_decay = p.options.weight_decay.value_or(options.weight_decay);
    const bool sgd = options.kind == "sgd";
    if (!sgd || options.momentum != 0.0) slot.first = at::zeros_like(slot.values);
    if (!sgd) {
      slot.second = at::zeros_like(slot.values);
      slot.steps = at::zeros({}, slot.values.options().dtype(at::kFloat));
    }
    slots.push_back(std::move(slot));
  }

  // Undefined where the loss did not depend on the parameter.
  Tensor gradient(const Slot& slot) const {
    const Tensor& grad = parameters[slot.parameter].tensor.grad();
    return grad.defined() ? real_view(grad).contiguous() : grad;
  }

  std::map<GroupKey, Group> groups() const {
    std::map<GroupKey, Group> out;
    for (const Slot& slot : slots) {
      Tensor grad = gradient(slot);
      if (!grad.defined()) continue;
      Group& g = out[{slot.lr, slot.weight_decay, slot.values.scalar_type()}];
      g.values.push_back(slot.values);
      g.gradients.push_back(std::move(grad));
      if (slot.first.defined()) g.first.push_back(slot.first);
      if (slot.second.defined()) g.second.push_back(slot.second);
      if (slot.steps.defined()) g.steps.push_back(slot.steps);
    }
    for (auto& [key, g] : out)
      if (!g.steps.empty()) at::_foreach_add_(g.steps, 1);
    return out;
  }

  void step(Group& g, double lr, double decay) const {
    const auto& o = options;
    if (o.kind == "adamw")
      at::_fused_adamw_(g.values, g.gradients, g.first, g.second, {}, g.steps, lr, o.beta1, o.beta2,
                        decay, o.epsilon, false, false);
    else if (o.kind == "adam")
      at::_fused_adam_(g.values, g.gradients, g.first, g.second, {}, g.steps, lr, o.beta1, o.beta2,
                       decay, o.epsilon, false, false);
    else
      at::_fused_sgd_(g.values, g.gradients, g.first, decay, o.momentum, lr, 0.0, false, false,
                      false);
  }
};

Optimizer::Optimizer(Parameters parameters, const OptimizerOptions& options)
    : impl_(std::make_unique<Impl>()) {
  require(options.kind == "adamw" || options.kind == "adam" || options.kind == "sgd",
          "--optimizer: '{}', expected adamw|adam|sgd", options.kind);
  impl_->parameters = std::move(parameters);
  impl_->options = options;
  std::set<std::string> names;
  for (size_t i = 0; i < impl_->parameters.size(); ++i) {
    const Parameter& p = impl_->parameters[i];
    require(names.insert(p.name).second, "Optimizer: two parameters are named {}", p.name);
    if (p.options.trainable) impl_->add(i);
  }
}

Optimizer::~Optimizer() = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;

void Optimizer::step(double factor) {
  const at::NoGradGuard no_grad;
  for (auto& [key, group] : impl_->groups())
    impl_->step(group, std::get<0>(key) * factor, std::get<1>(key));
}

void Optimizer::zero_gradients() {
  for (const Slot& slot : impl_->slots)
    impl_->parameters[slot.parameter].tensor.mutable_grad() = Tensor();
}

double Optimizer::clip_gradients(double limit) {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> grads;  // real views: scaling them scales the gradients themselves
  for (const Slot& slot : impl_->slots) {
    const Tensor& grad = impl_->parameters[slot.parameter].tensor.grad();
    if (grad.defined()) grads.push_back(real_view(grad));
  }
  if (grads.empty()) return 0.0;
  double squares = 0.0;
  // One way from the device for all.
  for (const double value : numbers(at::stack(at::_foreach_norm(grads)))) squares += value * value;
  const double norm = std::sqrt(squares);
  if (limit > 0.0 && norm > limit) at::_foreach_mul_(grads, limit / norm);
  return norm;
}

const Parameters& Optimizer::parameters() const { return impl_->parameters; }

std::vector<Parameter> Optimizer::state() const {
  std::vector<Parameter> out;
  const auto add = [&](const std::string& name, const Tensor& t) {
    if (t.defined()) out.push_back({name, t, {.lr = {}, .weight_decay = {}, .trainable = false}});
  };
  for (const Slot& slot : impl_->slots) {
    const std::string& name = impl_->parameters[slot.parameter].name;
    add(name + (slot.second.defined() ? ".exp_avg" : ".momentum"), slot.first);
    add(name + ".exp_avg_sq", slot.second);
    add(name + ".step", slot.steps);
  }
  return out;
}

void Optimizer::restore(const std::vector<Parameter>& state) {
  std::map<std::string, Tensor> saved;
  for (const Parameter& p : state) saved.emplace(p.name, p.tensor);
  const std::vector<Parameter> wanted = this->state();
  std::vector<Tensor> values;
  for (const Parameter& p : wanted) {
    const auto found = saved.find(p.name);
    require(found != saved.end(), "Optimizer: {} is missing in the saved state", p.name);
    values.push_back(found->second);
  }
  copy_values(wanted, values);
}

}  // namespace offprint::nn
