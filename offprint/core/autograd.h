// Hand-written gradients and gradients of a scalar, without libtorch's heavy autograd headers.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint {

using Tensors = std::vector<Tensor>;

// One node of the graph with a forward and a backward of our own; both run without recording.
//   forward(inputs) returns the outputs and what backward needs besides (saved).
//   backward(saved, grad_outputs) returns one gradient an input; an undefined tensor means none.
// An undefined input is allowed (an optional bias) and comes to forward as it is.
struct CustomGradient {
  struct Result {
    Tensors outputs, saved;
  };
  std::string name;
  std::function<Result(const Tensors& inputs)> forward;
  std::function<Tensors(const Tensors& saved, const Tensors& grad_outputs)> backward;
};
Tensors apply(const CustomGradient& node, const Tensors& inputs);

// d(sum of outputs)/d(inputs), without touching .grad; create_graph for second derivatives.
// An input that outputs do not depend on gives zeros of its shape.
Tensors gradients(const Tensors& outputs, const Tensors& inputs, bool create_graph = false);

// Largest relative deviation between the analytic gradients of sum(f(inputs) * w), w fixed random,
// and central differences of step `step`, over every entry of every float64 input with
// requires_grad: |a - n| / max(1, |n|). Inputs may be complex (both parts are varied).
double gradient_check(const std::function<Tensor(const Tensors&)>& f, const Tensors& inputs,
                      double step = 1e-6);

}  // namespace offprint
