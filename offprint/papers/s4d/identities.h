// Checks of the S4D layer that need no data.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::s4d {

// Worst relative difference of convolve() and recur() over inits, rules and real parts.
Measurement recurrence_gap(at::ScalarType type, Rng rng);
Measurement gradient_gap(Rng rng);          // worst over rules and real parts
Measurement discretisation_order(Rng rng);  // least of three halvings of the step

// The normal part of LegS against LegS itself, at these state sizes.
struct NormalPart {
  std::vector<int64_t> sizes;            // N
  std::vector<double> kernel, response;  // relative L2 errors of row 0
  Estimate rate;                         // the exponent p of response ~ N^p
};
NormalPart normal_part_errors(Rng rng);  // rng: for the interval of the rate

}  // namespace offprint::papers::s4d
