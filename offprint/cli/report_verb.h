// The verb `report`: every card on the shelf as one page.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `report [--format markdown|html|json] [--out FILE]`.
void add_report_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
