// The verb `compare`: two run cards of one paper side by side.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `compare A.json B.json [--json]`, cards as `run --json` writes them.
void add_compare_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
