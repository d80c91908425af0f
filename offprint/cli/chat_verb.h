// `offprint chat`: a conversation with a language model.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

void add_chat_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
