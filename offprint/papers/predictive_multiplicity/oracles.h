// Slow searches that share nothing with what they check but the loss.
#pragma once
#include "offprint/tasks/multiplicity.h"

namespace offprint::papers::predictive_multiplicity {

// The largest w x + b of the set by rays from the best model on a grid of directions, zoomed in on
// the best of them. person (2) features.
double highest_by_rays(const tasks::NearOptimal& base, const Tensor& person, double slack);

// The most people whose probability one model moves by delta, for two features: the least loss at
// which a set of thresholds is met lies where at most three of them are met exactly, so all
// choices of up to three thresholds are tried.
int64_t moved_by_enumeration(const tasks::NearOptimal& base, double slack, double delta);

}  // namespace offprint::papers::predictive_multiplicity
