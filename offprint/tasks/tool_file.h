// Files that list tools:
//   [{"name": "weather", "description": "...", "parameters": {...}, "result": {...},
//     "command": ["./weather.py"], "seconds": 5, "memory_mib": 512, "dry_run": true},
//    {"name": "price", "parameters": {...}, "url": "http://localhost:9000/price", "seconds": 5},
//    {"mcp": ["python3", "server.py"], "seconds": 30, "only": ["read_file"]}]
// or the servers of a client of the Model Context Protocol:
//   {"mcpServers": {"files": {"command": "python3", "args": ["server.py"]}}}
#pragma once
#include <filesystem>

#include "offprint/tasks/toolbox.h"

namespace offprint::tasks {

// Starts the MCP servers. Commands with a slash are found from the file's folder. Throws Error, one
// line with the file and the place, on what is none of the above.
Toolbox read_tools(const std::filesystem::path& path);

}  // namespace offprint::tasks
