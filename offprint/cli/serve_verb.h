// The verb `serve`: the feed with its papers and run cards as a site on this machine.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `serve [--port 8400] [--host localhost] [--data-dir FOLDER] [--open]`.
void add_serve_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
