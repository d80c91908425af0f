// Tools that a model may call: declared once with the schemas of what they take and give, and
// called by the validator first. Whatever goes wrong is an answer to the model, never an exception.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/json.h"

namespace offprint::tasks {

struct Tool {
  std::string name, description = {};
  Json parameters = {{"type", "object"}};  // JSON Schema of the arguments, an object
  Json result = true;                      // JSON Schema of what it gives
  // What is wrong with arguments that the schema cannot say; "" where nothing.
  std::function<std::string(const Json& arguments)> check = {};
  // Says whether it would work, and changes nothing. Throws Error where not.
  std::function<void(const Json& arguments)> dry_run = {};
  // Throws Error, one line. Must end by itself: tools of other programs have a time limit
  // (tool_file.h, mcp_client.h), a function of this program has none.
  std::function<Json(const Json& arguments)> run = {};
};

// What became of a call.
struct ToolResult {
  // Where it ended: "name" (there is no such tool), "arguments" (not as its schema says), "check",
  // "dry run", "run", "result" (not as its schema says), or "done".
  std::string stage;
  Json value;         // once done
  std::string error;  // else, one line
  double seconds = 0;
  bool done() const { return stage == "done"; }
  std::string text() const;  // as the model reads it: the value, or {"error": "..."}
};

class Toolbox {
 public:
  // Throws Error on a name that is empty, there already or has other characters than letters,
  // digits, _ and -, on a schema that is no object, and without a run.
  void add(Tool tool);
  void add_all(const Toolbox& others);
  const std::vector<Tool>& tools() const { return tools_; }
  const Tool* find(std::string_view name) const;
  bool empty() const { return tools_.empty(); }
  Json listed() const;  // as OpenAI's API lists them, and tool_calls.h takes

  // Validator first: schema, check, dry run, run, schema of the result.
  ToolResult call(std::string_view name, std::string_view arguments) const;

 private:
  std::vector<Tool> tools_;
};

}  // namespace offprint::tasks
