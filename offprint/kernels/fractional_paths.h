// Many paths of dX = b(X) dt + s(X) dB, B a Markov fractional Brownian motion, side by side in the
// lanes of vectors: Ornstein-Uhlenbeck terms exact, X by Euler and Maruyama or by the Milstein step
// of Stratonovich's calculus. Kloeden & Platen 1992, sections 10.2 and 10.3.
#pragma once
#include <array>

#include "offprint/core/rng.h"
#include "offprint/kernels/markov_fbm.h"

namespace offprint::kernels {

struct FractionalEquation {
  double start = 0;
  std::array<double, 4> drift = {};          // b(x) = b0 + b1 x + b2 x^2 + b3 x^3
  std::array<double, 2> diffusion = {1, 0};  // s(x) = s0 + s1 x
  bool stratonovich = false;  // what s(X) dB means where s1 is not 0; else both are the same
};

struct FractionalPaths {
  Tensor x;       // (paths,steps+1) float32, x[:,0] = start
  Tensor driver;  // (paths,steps+1) float32, B; undefined unless asked for
};

// Path i draws from rng.split(i) and step by step, so that (seed, path, step) name a draw whatever
// the number of paths, steps and threads. Does not advance rng. Throws Error unless paths, steps
// >= 1, dt > 0.
FractionalPaths simulate_fractional(const FractionalEquation& equation, const MarkovFbm& mfbm,
                                    int64_t paths, int64_t steps, double dt, const Rng& rng,
                                    bool keep_driver = false);

}  // namespace offprint::kernels
