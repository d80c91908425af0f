// The chosen subset beside the whole stable set and what others do, on systems drawn at random and
// in environments that none of them has seen.
#pragma once
#include "offprint/papers/causal_minimax/checks.h"

namespace offprint::papers::causal_minimax {

void compare_methods(Bench& b);

}  // namespace offprint::papers::causal_minimax
