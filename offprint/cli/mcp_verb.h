// The verb `mcp`: what Offprint can do, for agents.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `mcp [--tools FILE]` serves the house's verbs and the papers, and the file's tools, to a client
// of the Model Context Protocol on stdin and stdout.
void add_mcp_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
