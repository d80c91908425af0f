// The Hurst index of series whose index is known, by the largest bound, beside the usual estimators
// and the Brownian twin.
#pragma once
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"

namespace offprint::papers::fractional_sde {

struct Recovered {
  double truth = 0;
  std::vector<double> ours, whittle, dfa, madogram;  // a seed each
  std::vector<double> lead;                          // nats ahead of the Brownian twin
};

// Exact fractional motion (Davies and Harte) of H 0.1 .. 0.9.
std::vector<Recovered> recover_hurst(int64_t steps, int64_t seeds, int64_t terms, Rng rng,
                                     Progress& progress);

}  // namespace offprint::papers::fractional_sde
