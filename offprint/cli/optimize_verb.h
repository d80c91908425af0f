// The verb `optimize`: a model fitted to a loss that another program answers.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `optimize --data TABLE --loss-command PROGRAM [--inner 10] [--calls N] [--out FOLDER]` asks the
// program for gradients at the model's outputs, as seldom as it can.
void add_optimize_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
