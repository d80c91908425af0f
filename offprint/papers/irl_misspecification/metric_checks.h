// What a distance between rewards must do, on random processes: sections 2.3 of the paper and 4 of
// Skalse et al. 2024, arXiv 2309.15257.
#pragma once
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::irl_misspecification {

struct MetricChecks {
  double same = 0;            // largest distance to a scaled, shaped and redistributed twin
  double opposite = 0;        // largest |d(R, -R) - 1|
  double triangle = 0;        // largest d(a,c) - d(a,b) - d(b,c)
  int64_t disagreements = 0;  // pairs at distance zero (1e-9) by one canonicalisation alone
};
MetricChecks check_metric(int64_t draws, Rng rng, Progress& progress);

// A reward of the same order of policies: times exp(normal), shaped, redistributed. (B,S,A,S).
Tensor equivalent_reward(const Tensor& transition, const Tensor& discount, const Tensor& reward,
                         Rng& rng);

}  // namespace offprint::papers::irl_misspecification
