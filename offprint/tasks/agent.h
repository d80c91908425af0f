// A model that calls tools until it can answer: each call goes through the validator first, what
// went wrong goes back to the model, and everything is kept as a trace.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/tasks/chat.h"
#include "offprint/tasks/tool_calls.h"
#include "offprint/tasks/toolbox.h"

namespace offprint::tasks {

struct AgentOptions {
  int64_t calls = 6;    // of tools for one question, at most
  int64_t repairs = 2;  // calls that fail one after the other, at most
  bool must = false;    // its first answer to a question is a call
  int64_t now = 0;      // seconds since 1970 in UTC, for templates that tell the date
  GenerateOptions answer = {};
};

struct AgentStep {
  Generated said;
  ToolCall call;      // no name where it answered in words
  ToolResult result;  // of the call
};

struct AgentTurn {
  std::vector<AgentStep> steps;
  std::string answer;  // empty where it ended without one
  std::string reason;  // "answer", "length" (cut), "calls" or "repairs" (too many)
};
// A step a line of a trace: what was called, how it ended, tokens, seconds.
Json to_json(const AgentStep& step);

// A conversation; the model must outlive it. Calls are held to the tools' names and schemas. For
// one thread.
class Agent {
 public:
  Agent(const ChatModel& model, Toolbox tools, AgentOptions options, std::string_view system = "");
  // `say` gets answers in words as they come.
  AgentTurn ask(std::string_view question, const std::function<void(std::string_view)>& say,
                Progress& progress);

 private:
  AgentStep step(bool must, const std::function<void(std::string_view)>& say, Progress& progress);

  const ChatModel* model_;
  Toolbox tools_;
  AgentOptions options_;
  Json messages_ = Json::array(), listed_;
  std::shared_ptr<data::TokenMasks> free_, must_;  // made when first needed
  ModelState read_;
};

}  // namespace offprint::tasks
