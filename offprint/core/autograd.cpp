// The only file that sees libtorch's custom autograd; see cmake/OffprintRoom.cmake,
// offprint_full_torch.
#include "offprint/core/autograd.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

namespace offprint {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Undefined inputs stay outside libtorch's graph, which takes none: `defined` tells where the
// others go.
struct Call {
  CustomGradient node;
  std::vector<bool> defined;
};

struct Node : torch::autograd::Function<Node> {
  static variable_list forward(AutogradContext* context, std::shared_ptr<const Call> call,
                               at::TensorList present) {
    Tensors inputs(call->defined.size());
    for (size_t i = 0, next = 0; i < inputs.size(); ++i)
      if (call->defined[i]) inputs[i] = present[next++];
    auto [outputs, saved] = call->node.forward(inputs);
    context->save_for_backward(std::move(saved));
    // An IValue cannot hold a std::function, so the call outlives this function in a capsule.
    context->saved_data["call"] =
        c10::IValue::make_capsule(c10::make_intrusive<Holder>(std::move(call)));
    return outputs;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    const auto holder =
        c10::static_intrusive_pointer_cast<Holder>(context->saved_data["call"].toCapsule());
    const Call& call = *holder->call;
    const Tensors all = call.node.backward(context->get_saved_variables(), grads);
    assert(all.size() == call.defined.size());
    variable_list result = {Tensor()};  // the call itself has no gradient
    for (size_t i = 0; i < all.size(); ++i)
      if (call.defined[i]) result.push_back(all[i]);
    return result;
  }

  struct Holder : torch::CustomClassHolder {
    explicit Holder(std::shared_ptr<const Call> c) : call(std::move(c)) {}
    std::shared_ptr<const Call> call;
  };
};

}  // namespace

Tensors apply(const CustomGradient& node, const Tensors& inputs) {
  auto call = std::make_shared<Call>(Call{node, {}});
  Tensors present;
  for (const Tensor& t : inputs) {
    call->defined.push_back(t.defined());
    if (t.defined()) present.push_back(t);
  }
  return Node::apply(std::shared_ptr<const Call>(std::move(call)), at::TensorList(present));
}

Tensors gradients(const Tensors& outputs, const Tensors& inputs, bool create_graph) {
  Tensors result = torch::autograd::grad(outputs, inputs, /*grad_outputs=*/{},
                                         /*retain_graph=*/create_graph, create_graph,
                                         /*allow_unused=*/true);
  for (size_t i = 0; i < inputs.size(); ++i)
    if (!result[i].defined()) result[i] = at::zeros_like(inputs[i]);
  return result;
}

double gradient_check(const std::function<Tensor(const Tensors&)>& f, const Tensors& inputs,
                      double step) {
  Tensors wanted;
  for (const Tensor& t : inputs)
    if (t.defined() && t.requires_grad()) wanted.push_back(t);
  const Tensor y = f(inputs);
  require(!y.is_complex(), "gradient_check: f is complex, expected a real output");
  const Tensor w = Rng(20'06).normal(y.sizes(), y.scalar_type());
  const Tensors analytic = gradients({(y * w).sum()}, wanted);

  const at::NoGradGuard no_grad;
  const auto value = [&] { return (f(inputs) * w).sum().item<double>(); };
  double worst = 0.0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Tensor plain = wanted[i].detach();  // shares storage with the input
    require(plain.is_contiguous(), "gradient_check: input {} is not contiguous", i);
    const Tensor entries = (plain.is_complex() ? at::view_as_real(plain) : plain).view(-1);
    const Tensor expected = analytic[i].contiguous();
    const Tensor slopes =
        (expected.is_complex() ? at::view_as_real(expected) : expected).reshape(-1);
    for (int64_t k = 0; k < entries.numel(); ++k) {
      const double x = entries[k].item<double>();
      entries[k] = x + step;
      const double up = value();
      entries[k] = x - step;
      const double down = value();
      entries[k] = x;
      const double numeric = (up - down) / (2 * step);
      const double off = std::abs(slopes[k].item<double>() - numeric);
      worst = std::max(worst, off / std::max(1.0, std::abs(numeric)));
    }
  }
  return worst;
}

}  // namespace offprint
