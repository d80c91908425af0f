#include "offprint/papers/kernel_gap.h"

#include <algorithm>

namespace offprint::papers {

double kernel_gap(const Kernel& fast, const Kernel& reference, const Tensors& in, const Rng& rng) {
  const Tensor quick = fast(in), slow = reference(in);
  const Tensor weight = rng.split("weight").normal(slow.sizes());
  Tensors ours = gradients({(weight * quick).sum()}, in);
  Tensors theirs = gradients({(weight * slow).sum()}, in);
  ours.push_back(quick), theirs.push_back(slow);
  double worst = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    const double scale = theirs[i].abs().max().item<double>();
    if (scale > 0) worst = std::max(worst, max_abs_diff(ours[i], theirs[i]) / scale);
  }
  return worst;
}

}  // namespace offprint::papers
