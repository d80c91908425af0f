// Fractional Gaussian noise and Brownian motion, exactly, by embedding the covariance in a
// circulant one: Davies & Harte 1987, Biometrika 74; Dieker 2004, section 2.1.3. What
// approximations are judged against.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/kernels/markov_fbm.h"

namespace offprint::worlds {

// E of products of unit-step increments k apart, of variance 1.
double noise_autocovariance(double hurst, int64_t lag);

// Increments of unit steps, (count,steps) float64, variance 1. Throws Error unless 0 < hurst < 1.
Tensor fractional_noise(double hurst, int64_t count, int64_t steps, Rng& rng);

// B at 0, horizon/steps, .. horizon: (count,steps+1) float64, B(0) = 0, E B(t)^2 = t^2H.
Tensor fractional_motion(double hurst, int64_t count, int64_t steps, double horizon, Rng& rng);

// Riemann and Liouville's B and the terms Y_k of an approximation, made of the same increments of
// one Brownian motion: its kernels averaged over each of `cells` cells of the horizon, whose error
// falls with the cell. At the middles of `times` equal parts. Throws Error on the other type.
struct DrivenTogether {
  Tensor b, y;  // (paths,times), (paths,times,K) float64
};
DrivenTogether drive_together(const kernels::MarkovFbm& mfbm, int64_t paths, int64_t times,
                              int64_t cells, Rng& rng);

}  // namespace offprint::worlds
