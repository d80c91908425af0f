// Products with the transposed Jacobian of a computation that is recorded once and asked many
// times, as the adjoint of an implicit layer needs them.
#pragma once
#include <functional>

#include "offprint/core/autograd.h"

namespace offprint {

// J^T u for y = f(inputs), J at `inputs` (floating point; what they were recorded on is left out).
class Pullback {
 public:
  Pullback(const std::function<Tensor(const Tensors& inputs)>& f, const Tensors& inputs);
  const Tensor& value() const { return value_; }  // y, without a graph
  // One gradient for each of `which`, positions among the inputs; zeros where y does not depend.
  Tensors operator()(const Tensor& u, const std::vector<size_t>& which) const;

 private:
  Tensors inputs_;
  Tensor recorded_, value_;
};

}  // namespace offprint
