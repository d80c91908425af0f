// The verb `run`: re-measures a paper's claims on this machine and prints its card.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `run SLUG [--scale] [--seed] [--device] [--data FOLDER] [--json [FILE]] [--figures FOLDER]
// [--option value ...]`. The card also goes to the shelf. Exit code 2 where a claim fails.
void add_run_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
