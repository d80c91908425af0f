// The verb `data`: the public sets and default weights, what they are, where they lie, and getting
// one. All it knows stands in data/public_file.h.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `data list [--json]`, `data get NAME [--json]`, `data where NAME [--json]`.
void add_data_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
