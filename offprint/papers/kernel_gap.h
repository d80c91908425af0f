// How far a kernel is from its reference, output and gradients.
#pragma once
#include <functional>

#include "offprint/core/autograd.h"
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::papers {

using Kernel = std::function<Tensor(const Tensors&)>;

// The largest difference of the output, and of the gradient of each input where the output is
// weighted at random, each relative to the largest entry of the reference's; a gradient that is
// zero everywhere counts for nothing. `in` require gradients.
double kernel_gap(const Kernel& fast, const Kernel& reference, const Tensors& in, const Rng& rng);

}  // namespace offprint::papers
