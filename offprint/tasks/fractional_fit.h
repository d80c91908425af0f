// A linear equation under fractional noise, dX = (constant - pull X) dt + scale dB, fitted to a
// series: index, pull and the noise of what is seen by the largest evidence, which is the largest
// variational bound (kernels/fractional_filter.h), beside its Brownian twin.
#pragma once
#include <span>

#include "offprint/core/progress.h"
#include "offprint/kernels/fractional_filter.h"

namespace offprint::tasks {

struct FractionalFitOptions {
  int64_t terms = 9;  // Ornstein-Uhlenbeck terms
  bool pull = true;   // X may be drawn to a level; false: dX = constant dt + scale dB
  bool drift = true;  // the constant is fitted; false: 0
  bool noise = true;  // what is seen may be X and noise; false: X itself
  double hurst = 0;   // > 0: held there
};

struct FractionalFit {
  kernels::FractionalLine line;  // times in steps of the series
  double log_evidence = 0;
};

// Throws Error as kernels::log_evidence does, and on fewer than 32 values or values that do not
// change.
FractionalFit fit_fractional(std::span<const double> values, const FractionalFitOptions& options);

// The twin with Brownian noise, all else fitted alike.
FractionalFit fit_brownian(std::span<const double> values, const FractionalFitOptions& options);

// Indices whose profile of the evidence is within 1.92 of the best: 95 % by Wilks 1938.
struct HurstInterval {
  double low = 0, high = 0;
  std::vector<double> hurst, log_evidence;  // the profile itself
};
HurstInterval hurst_interval(std::span<const double> values, const FractionalFit& best,
                             const FractionalFitOptions& options, Progress& progress);

}  // namespace offprint::tasks
