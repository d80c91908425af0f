// The verbs `generate` and `evaluate`: a language model's text, and how likely it finds a text.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

void add_generate_verb(CLI::App& program, Context& context);
void add_evaluate_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
