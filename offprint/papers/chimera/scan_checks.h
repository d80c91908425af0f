// The scan over a grid as the paper stands on it: equal to the double loop, right gradients, how
// much faster, linear in the cells; and the special cases that the block contains.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::chimera {

// Largest difference from the double loop in float32, relative to its largest value, of the output
// and of all eleven gradients, over sizes that no tile divides.
Measurement scan_gap(const Rng& rng);
Measurement scan_gradient_gap(const Rng& rng);  // finite differences, float64

// Forward and backward of one grid of 8 channels with N 16, in turns with the double loop.
Measurement times_faster(int64_t variates, int64_t steps, const Rng& rng);

// Seconds of the scan for 8 to 64 variates of 512 steps, the least of the repeats.
struct ScanTimes {
  std::vector<double> cells, seconds;
};
ScanTimes scan_times(const Rng& rng);

Measurement mamba_gap(const Rng& rng);        // couplings zero, against nn/mamba.h
Measurement one_variate_gap(const Rng& rng);  // and what lies across the variates must not matter

}  // namespace offprint::papers::chimera
