// A toolbox offered to any client of the Model Context Protocol (revisions 2024-11-05 to
// 2025-06-18) over two streams: JSON-RPC 2.0, a message a line.
#pragma once
#include <istream>
#include <optional>
#include <ostream>
#include <string>

#include "offprint/core/json.h"
#include "offprint/tasks/toolbox.h"

namespace offprint::tasks {

// The answer to one message; nothing to a notification. Never throws: what is no message gets an
// error as JSON-RPC has them.
std::optional<Json> mcp_answer(const Toolbox& tools, std::string_view message);

// Until the input ends.
void serve_mcp(const Toolbox& tools, std::istream& in, std::ostream& out);

}  // namespace offprint::tasks
