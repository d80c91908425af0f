#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// train: a model on a person's own text.
void add_train_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
