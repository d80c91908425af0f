// The best logistic regression among those that give one person a certain score: Watson-Daniels,
// Parkes & Ustun 2022 (arXiv 2206.01131) train such candidate models at each threshold of a grid.
#pragma once
#include "offprint/kernels/viable_range.h"

namespace offprint::kernels {

struct PinnedFit {
  Doubles weights;       // (D+1), with w x + b = score
  double objective = 0;  // F of the set there
  double slope = 0;      // |gradient of F| along the plane of that score: 0 at the optimum
};

// person (D) features. Newton's method within the plane, from the best model's shadow on it.
// Throws Error on a person of another width and a score that is not finite.
PinnedFit pinned_fit(const LevelSet& set, std::span<const double> person, double score,
                     int64_t max_steps = 100);

}  // namespace offprint::kernels
