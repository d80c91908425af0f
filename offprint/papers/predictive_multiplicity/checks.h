// The identities of the paper's measures on generated tables.
#pragma once
#include "offprint/papers/predictive_multiplicity/recipe.h"
#include "offprint/papers/recipe_run.h"

namespace offprint::papers::predictive_multiplicity {

using Bench = papers::Bench<Options>;

void check_ranges(Bench& b);       // certified, inside the set, as rays find them
void check_discrepancy(Bench& b);  // as enumeration finds it; screening
void check_monotone(Bench& b);
void measure_speed(Bench& b);

}  // namespace offprint::papers::predictive_multiplicity
