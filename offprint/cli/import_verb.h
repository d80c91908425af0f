// The verb `import`: papers from files and addresses into the feed.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `import SOURCE [--format F] [--rejects FILE] [--submitter NAME] [--listed-now] [--data-dir DIR]
// [--json]`.
void add_import_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
