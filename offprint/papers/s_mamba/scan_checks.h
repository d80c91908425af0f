// The selective scan as the paper stands on it: equal to the recurrence, right gradients, and how
// fast it is beside what PyTorch's operations give.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::s_mamba {

// Largest difference from the recurrence in float32, relative to its largest value, of the output
// and of all six gradients, over sizes with L = 1 and L that no chunk divides.
Measurement scan_gap(const Rng& rng);
Measurement scan_gradient_gap(const Rng& rng);  // finite differences, float64

// Forward and backward of (8,L,256) with N 16, in turns: how many times longer the others take.
struct ScanTimes {
  Measurement published;     // selective_scan_ref, at half of L, at most 256
  Measurement step_by_step;  // the same without selects
  Measurement associative;
};
ScanTimes scan_times(int64_t L, const Rng& rng);

// selective_scan_ref of the authors of Mamba (state-spaces/mamba), einsum and selects included: the
// gradient of each step's slice is as large as the whole, so that backward takes L^2.
Tensor published_scan(const Tensor& x, const Tensor& dt, const Tensor& A, const Tensor& B,
                      const Tensor& C, const Tensor& D);

}  // namespace offprint::papers::s_mamba
