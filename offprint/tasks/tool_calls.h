// Calls of tools in what a model writes: how it is told of them, the grammar that holds it to their
// schemas, and the calls in its text.
//   <tool_call>
//   {"name": "weather", "arguments": {"city": "Oslo"}}
//   </tool_call>
// as Hermes and Qwen were taught. Templates of other models are told by the system's message.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "offprint/core/json.h"
#include "offprint/data/json_schema.h"

namespace offprint::tasks {

// tools: as OpenAI's API lists them. Throws Error "tools[0].function: 'name' is missing" and as
// json_schema_grammar() on parameters.
void check_tools(const Json& tools);

// A text that is one call; `must` false: or any other text that does not begin as one. `only`: the
// name of the one tool it may call, empty for all.
data::GrammarRule tool_call_grammar(const Json& tools, bool must, std::string_view only = "");

struct ToolCall {
  std::string name, arguments;  // JSON
};
// The call that a whole text is; nothing of other texts, and of one that was cut.
std::optional<ToolCall> tool_call_of(std::string_view text);
// Whether what begins so may become a call.
bool may_be_tool_call(std::string_view begun);

// The conversation for a template that knows no tools: they are told in the system's message, calls
// and results are texts of the assistant and the user.
Json messages_with_tools(const Json& messages, const Json& tools);

}  // namespace offprint::tasks
