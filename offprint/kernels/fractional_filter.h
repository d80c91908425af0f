// Exact inference of a linear equation driven by Markov fractional Brownian motion and seen through
// noise: dX = (constant - pull X) dt + scale dB, in Euler's step with exact Ornstein-Uhlenbeck
// terms, is a Gaussian state space of K + 1 numbers. Its evidence is the largest value that the
// variational bound of Daems et al. 2023 (eq. 13) can have, and its backward information filter is
// the control that reaches it (guided proposals: van der Meulen & Schauer 2017, section 2).
#pragma once
#include <span>

#include "offprint/kernels/markov_fbm.h"

namespace offprint::kernels {

// Values one step dt apart; NaN where none was seen. The first is where X starts, up to noise
// unless the start is known.
struct FractionalLine {
  MarkovFbm driver;
  double dt = 1;
  double pull = 0;      // 1/time
  double constant = 0;  // drift at X = 0
  double scale = 1;
  double noise = 0;  // variance of what is added to X when it is seen
  bool start_known = false;
};

// log p(values[1..] | values[0]). Throws Error on fewer than two values or a missing first one.
double log_evidence(const FractionalLine& line, std::span<const double> values);

// The same with constant and scale at their best, noise = noise_ratio scale^2 dt^2H; without_drift
// leaves the constant at 0.
struct ProfiledLine {
  double log_evidence = 0, constant = 0, scale = 0;
};
ProfiledLine profile_evidence(const FractionalLine& line, double noise_ratio,
                              std::span<const double> values, bool without_drift = false);

// How the step's R independent normals have to be drawn, given the state s = (X, Y_1 .. Y_K) and
// all later values: mean offset + gain s, covariance spread spread^T (N(0,I) without values).
// Step i leads from value i to value i + 1. All float64.
struct Guide {
  Tensor offset, gain, spread;    // (N,R), (N,R,K+1), (N,R,R)
  Tensor root;                    // (K,R): the step's Y moves by root times the normals
  Tensor start_mean, start_root;  // (K+1), (K+1,K+1): the state at value 0 given all values
  Tensor mean, variance;          // (N+1) of X given all values
  double log_evidence = 0;
};
// Throws Error unless line.noise > 0.
Guide guide_to(const FractionalLine& line, std::span<const double> values);

// X after the last value, given all: mean and variance at 1 .. steps later.
struct Ahead {
  std::vector<double> mean, variance;
};
Ahead look_ahead(const FractionalLine& line, std::span<const double> values, int64_t steps);

}  // namespace offprint::kernels
