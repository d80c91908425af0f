// The verb `decide`: what to do, and what looking more would buy.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `decide --method switching-costs --losses TABLE [--budget N] [--switch-cost C] [--more N]
// [--out FOLDER]` plays learners that see a part of the table's losses.
void add_decide_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
