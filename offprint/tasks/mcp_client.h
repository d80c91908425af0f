// Tools of a program that speaks the Model Context Protocol over its stdin and stdout (revision
// 2025-06-18): JSON-RPC 2.0, a message a line.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/tasks/toolbox.h"

namespace offprint::tasks {

struct McpServerProgram {
  std::vector<std::string> command;  // the first in PATH, or a path
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to this program's
  double seconds = 30;             // for one answer; then the server is given up
  int64_t memory_mib = 0;          // of address space; 0: no limit, as interpreters map much
  int64_t answer_bytes = 4 << 20;  // of one message
};

// A session with a server that this program started. For one thread, which must not end before it.
class McpClient {
 public:
  // Starts the program and shakes hands. Throws Error "'files' is no MCP server: ..." on one that
  // ends, says nothing in time, or something else.
  explicit McpClient(McpServerProgram program);
  ~McpClient();

  const std::string& name() const;  // as it calls itself
  // As the server lists them, all pages: name, description, inputSchema, outputSchema.
  Json tools();
  // What the tool gives: its structured content, its text as JSON or as a string, or the list of
  // its contents. Throws Error where the server answers with one, dies, or takes too long.
  Json call(const std::string& tool, const Json& arguments);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Its tools as ours; they keep the session open.
std::vector<Tool> tools_of(const std::shared_ptr<McpClient>& client);

}  // namespace offprint::tasks
