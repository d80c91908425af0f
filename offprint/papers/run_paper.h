// Runs a paper of the catalog and signs its card: when, where, how long, from which source.
#pragma once
#include <string>

#include "offprint/papers/paper.h"

namespace offprint::papers {

// Throws Error where the paper does not run yet, on an unknown device and on options the recipe
// does not have. A stop request ends the run early; the card holds what was measured.
RunCard run_paper(const Paper& paper, const RunRequest& request, Progress& progress);

// The commit this program was built from ("0824656"), or "unknown" outside a git checkout.
std::string source_revision();

}  // namespace offprint::papers
