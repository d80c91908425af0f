// Long recurrences differentiated with little memory: only every m-th state is kept, and a segment
// is run again when its gradient is due. Griewank 1992; m = sqrt(steps) keeps the least.
#pragma once
#include <functional>

#include "offprint/core/autograd.h"

namespace offprint::nn {

// state_{i+1} = step(i, state_i) for i = 0 .. steps-1; returns the last state. The step may use any
// tensor, but gradients reach only `state` and those listed in `shared` (parameters, weights made
// of them). It must do the same each time it is asked: draws come from a generator split by i.
// keep_every 0: sqrt(steps). Without gradients nothing is kept. Throws Error unless steps >= 0.
using ScanStep = std::function<Tensors(int64_t i, const Tensors& state)>;
Tensors checkpointed_scan(const ScanStep& step, const Tensors& state, const Tensors& shared,
                          int64_t steps, int64_t keep_every = 0);

}  // namespace offprint::nn
