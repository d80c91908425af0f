// The verb `audit`: how strange each value of a user's series is.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `audit --data TABLE [--target COLUMN ...] [--time COLUMN] [--method chimera] [--out TABLE]
// [--plot FILE.svg]`.
void add_audit_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
