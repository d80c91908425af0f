#include "offprint/nn/parameters.h"

#include "offprint/core/error.h"

namespace offprint::nn {

int64_t parameter_count(const Parameters& parameters) {
  int64_t count = 0;
  for (const Parameter& p : parameters)
    if (p.options.trainable) count += p.tensor.numel() * (p.tensor.is_complex() ? 2 : 1);
  return count;
}

Tensor real_view(const Tensor& t) {
  return t.is_complex() ? at::view_as_real(t.resolve_conj()) : t;
}

void copy_values(const Parameters& parameters, const std::vector<Tensor>& values) {
  require(parameters.size() == values.size(), "copy_values: {} tensors, expected {}", values.size(),
          parameters.size());
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < values.size(); ++i) {
    const Tensor& to = parameters[i].tensor;
    require(to.sizes().equals(values[i].sizes()) && to.scalar_type() == values[i].scalar_type(),
            "copy_values: {} is {}, expected {}", parameters[i].name, shape_text(values[i]),
            shape_text(to));
    to.copy_(values[i]);
  }
}

std::vector<Tensor> copy_of(const Parameters& parameters) {
  std::vector<Tensor> values;
  for (const Parameter& p : parameters) values.push_back(p.tensor.detach().clone());
  return values;
}

}  // namespace offprint::nn
