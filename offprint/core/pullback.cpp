// Sees libtorch's full headers, as autograd.cpp does.
#include "offprint/core/pullback.h"

#include <torch/csrc/autograd/autograd.h>

#include "offprint/core/error.h"

namespace offprint {

Pullback::Pullback(const std::function<Tensor(const Tensors& inputs)>& f, const Tensors& inputs) {
  const at::AutoGradMode record(true);
  for (const Tensor& t : inputs) {
    Tensor own = t.detach();
    if (own.is_floating_point()) own.set_requires_grad(true);
    inputs_.push_back(own);
  }
  recorded_ = f(inputs_);
  value_ = recorded_.detach();
}

Tensors Pullback::operator()(const Tensor& u, const std::vector<size_t>& which) const {
  Tensors wanted;
  for (const size_t i : which) {
    require(i < inputs_.size() && inputs_[i].requires_grad(),
            "pullback: input {} takes no gradient", i);
    wanted.push_back(inputs_[i]);
  }
  Tensors result = torch::autograd::grad({recorded_}, wanted, {u}, /*retain_graph=*/true,
                                         /*create_graph=*/false, /*allow_unused=*/true);
  for (size_t i = 0; i < wanted.size(); ++i)
    if (!result[i].defined()) result[i] = at::zeros_like(wanted[i]);
  return result;
}

}  // namespace offprint
