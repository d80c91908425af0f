// What has to be exact, on models that are made in the run.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/counterfactual/census_model.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::counterfactual {

// Least p-value over plain sampling at two temperatures, top-k and top-p.
Measurement chi_square(int64_t draws, const Rng& rng);

// 100 records written, and written again with nothing changed: one token after the other, or with
// drafts.
Measurement empty_interventions(const CensusModel& model, bool drafted, const Rng& rng);

}  // namespace offprint::papers::counterfactual
