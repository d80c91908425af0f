// The verb `digest`: a day's papers by mail.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `digest [--to MBOX | --smtp URL] [--from ADDRESS] [--site URL] [--date DAY | --week WEEK]`.
void add_digest_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
