// The verb `search`: papers of the feed by words and by meaning.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `search WORDS... [--limit N] [--data-dir DIR] [--json]`.
void add_search_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
