// The verbs `generate` and `evaluate`: a language model's text, and how likely it finds a text.
#pragma once
#include <filesystem>

#include "offprint/cli/context.h"

namespace offprint::cli {

// The GGUF file given, or by default the small model that ./start installs.
std::filesystem::path model_file(const std::filesystem::path& given);

void add_generate_verb(CLI::App& program, Context& context);
void add_evaluate_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
