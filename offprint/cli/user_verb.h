// The verb `user`: accounts of the site.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `user list|add|role|password|token|delete`.
void add_user_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
