// The verb `show`: one paper with its claims, the options of its run, and what was measured here.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `show SLUG [--scale quick] [--json]`; SLUG may be the arXiv number.
void add_show_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
