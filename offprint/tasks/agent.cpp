#include "offprint/tasks/agent.h"

#include "offprint/core/error.h"
#include "offprint/tasks/guided.h"

namespace offprint::tasks {
namespace {

// As grammars can follow them: a schema with keywords that they have not becomes any object, and
// the validator alone decides.
Json for_grammar(Json listed) {
  for (Json& tool : listed) {
    try {
      data::json_schema_grammar(tool["function"]["parameters"], "parameters");
    } catch (const Error&) {
      tool["function"]["parameters"] = {{"type", "object"}};
    }
  }
  return listed;
}

}  // namespace

Json to_json(const AgentStep& s) {
  Json line = {{"prompt_tokens", s.said.prompt.size()},
               {"tokens", s.said.tokens.size()},
               {"seconds", s.said.prompt_seconds + s.said.seconds}};
  if (s.call.name.empty()) {
    line["answer"] = s.said.text;
    return line;
  }
  line["tool"] = s.call.name, line["arguments"] = s.call.arguments;
  line["ended"] = s.result.stage, line["tool_seconds"] = s.result.seconds;
  if (s.result.done())
    line["result"] = s.result.value;
  else
    line["error"] = s.result.error;
  return line;
}

Agent::Agent(const ChatModel& model, Toolbox tools, AgentOptions options, std::string_view system)
    : model_(&model),
      tools_(std::move(tools)),
      options_(std::move(options)),
      listed_(tools_.listed()) {
  check(options_.answer.sampling);
  require(options_.calls >= 1 && options_.repairs >= 0,
          "agent: {} calls and {} repairs, expected at least 1 and 0", options_.calls,
          options_.repairs);
  require(!options_.answer.guide, "agent: its calls have a guide of their own");
  if (!system.empty()) messages_.push_back({{"role", "system"}, {"content", system}});
}

AgentStep Agent::step(bool must, const std::function<void(std::string_view)>& say,
                      Progress& progress) {
  ChatRequest request{.now = options_.now};
  request.messages =
      model_->knows_tools || tools_.empty() ? messages_ : messages_with_tools(messages_, listed_);
  if (model_->knows_tools && !tools_.empty()) request.tools = listed_;
  GenerateOptions options = options_.answer;
  if (!tools_.empty()) {
    auto& masks = must ? must_ : free_;
    if (!masks) masks = guide(model_->model, tool_call_grammar(for_grammar(listed_), must));
    options.guide = masks.get(), options.jump = true;
  }
  std::string begun;
  const auto say_words = [&](std::string_view text) {  // a call is not for the person
    begun += text;
    if (tools_.empty() || !may_be_tool_call(begun)) say(std::exchange(begun, ""));
  };
  AgentStep out;
  out.said = chat(*model_, request, options, read_, say_words, progress);
  if (const auto call = tools_.empty() ? std::nullopt : tool_call_of(out.said.text)) {
    out.call = *call;
    out.result = tools_.call(call->name, call->arguments);
  } else if (!begun.empty()) {
    say(begun);
  }
  return out;
}

AgentTurn Agent::ask(std::string_view question, const std::function<void(std::string_view)>& say,
                     Progress& progress) {
  messages_.push_back({{"role", "user"}, {"content", question}});
  AgentTurn turn;
  int64_t failed = 0;
  while (turn.reason.empty()) {
    AgentStep done = step(options_.must && turn.steps.empty(), say, progress);
    ++options_.answer.seed;
    if (done.call.name.empty()) {
      turn.answer = done.said.text;
      turn.reason = done.said.reason == "length" ? "length" : "answer";
      messages_.push_back({{"role", "assistant"}, {"content", done.said.text}});
    } else {
      const std::string id = fmt::format("call_{}", messages_.size());
      messages_.push_back(
          {{"role", "assistant"},
           {"content", ""},
           {"tool_calls",
            {{{"id", id},
              {"type", "function"},
              {"function", {{"name", done.call.name}, {"arguments", done.call.arguments}}}}}}});
      messages_.push_back(
          {{"role", "tool"}, {"tool_call_id", id}, {"content", done.result.text()}});
      failed = done.result.done() ? 0 : failed + 1;
    }
    turn.steps.push_back(std::move(done));
    if (!turn.reason.empty()) break;
    if (failed > options_.repairs) turn.reason = "repairs";
    if (std::ssize(turn.steps) >= options_.calls) turn.reason = "calls";
    if (progress.stop_requested()) turn.reason = "length";
  }
  return turn;
}

}  // namespace offprint::tasks
