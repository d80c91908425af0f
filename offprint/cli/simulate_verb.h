// offprint simulate --method arma --length 1000: a table of what a world does by itself.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

void add_simulate_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
