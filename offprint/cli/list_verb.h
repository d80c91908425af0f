// The verb `list`: the papers, newest fact first: what each is and whether it runs here.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `list [--topic WORDS] [--runs] [--json]`.
void add_list_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
