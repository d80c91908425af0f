// Dropout, Srivastava et al. 2014 (JMLR 15): entries are zeroed with probability p, the others
// divided by 1 - p.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

// A null rng is evaluation: x itself. The mask depends on the state of rng and the position only,
// so it is the same for any thread count and device. 0 <= p < 1, else Error. Differentiable.
Tensor dropout(const Tensor& x, double p, Rng* rng);

}  // namespace offprint::nn
