// What must be so: the weights, their slopes, the covariance they give, and gradients of the bound.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::fractional_sde {

Measurement weights_against_paths(int64_t paths, Rng rng);  // worst relative error of the weights
Measurement slopes_in_hurst();                              // worst relative error
Measurement covariance_error();                             // worst of H 0.2, 0.5, 0.8
Measurement brownian_error();                               // of variances at H 1/2
Measurement gradient_error(Rng rng);                        // of the bound, common noise

struct Adjoint {
  Measurement error, memory;  // against full backpropagation: relative, and share of its memory
};
Adjoint adjoint_of(int64_t steps, Rng rng);

// Paths a second over those of the same scheme by tensor operations over all paths at once.
Measurement speed(int64_t repeats, Rng rng);

Figure covariance_figure();
Figure path_figure(Rng rng);

}  // namespace offprint::papers::fractional_sde
