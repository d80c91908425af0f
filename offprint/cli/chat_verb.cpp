#include "offprint/cli/chat_verb.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>
#include <memory>

#include "offprint/cli/generate_verb.h"
#include "offprint/cli/option_flags.h"
#include "offprint/cli/speculation_flags.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/tasks/agent.h"
#include "offprint/tasks/tool_file.h"

namespace offprint::cli {
namespace {

struct Given {
  std::filesystem::path model;
  std::string system;
  tasks::AgentOptions options;
  std::filesystem::path tools, trace;
  SpeculationFlags speculation;
  bool json = false;
};

Json to_json(const tasks::AgentTurn& turn) {
  const tasks::Generated& last = turn.steps.back().said;
  Json calls = Json::array();
  for (const tasks::AgentStep& step : turn.steps)
    if (!step.call.name.empty()) calls.push_back(tasks::to_json(step));
  Json line = {{"role", "assistant"},
               {"content", turn.answer},
               {"reason", turn.reason == "answer" ? last.reason : turn.reason},
               {"prompt_tokens", last.prompt.size()},
               {"tokens", last.tokens.size()},
               {"seconds", last.prompt_seconds + last.seconds}};
  if (!calls.empty()) line["calls"] = calls;
  return line;
}

void tell_calls(const tasks::AgentTurn& turn, std::ostream& out) {
  for (const tasks::AgentStep& step : turn.steps)
    if (!step.call.name.empty())
      out << fmt::format("[{} {} -> {}]\n", step.call.name, step.call.arguments,
                         step.result.done() ? step.result.text() : step.result.error);
  if (turn.reason == "repairs") out << "[too many calls failed]\n";
  if (turn.reason == "calls") out << "[too many calls]\n";
}

// A line is what the person says; the conversation ends with the input.
void converse(const Given& given, Context& context) {
  tasks::check(given.options.answer.sampling);
  check(given.speculation);
  if (!given.trace.empty()) try_to_write(given.trace);
  const tasks::ChatModel model = tasks::load_chat_model(model_file(given.model));
  const bool asks = isatty(STDIN_FILENO) && !given.json;
  tasks::AgentOptions options = given.options;
  options.now = std::time(nullptr);
  std::optional<tasks::LanguageModelFile> drafter;
  options.answer.speculation = speculation(given.speculation, model.model, drafter);
  tasks::Agent agent(model, given.tools.empty() ? tasks::Toolbox() : tasks::read_tools(given.tools),
                     options, given.system);
  Progress silent({}, context.stop);  // the text is its own progress
  const auto say = [&](std::string_view text) {
    if (!given.json) context.out << text << std::flush;
  };
  std::string trace;
  if (asks) std::cerr << "Ctrl-D ends the conversation.\n";
  for (std::string line;;) {
    if (asks) std::cerr << "> " << std::flush;
    if (!std::getline(std::cin, line)) break;
    if (line.empty()) continue;
    const tasks::AgentTurn turn = agent.ask(line, say, silent);
    if (given.json)
      context.out << json_text(to_json(turn));
    else
      tell_calls(turn, std::cerr);
    context.out << std::endl;
    for (const tasks::AgentStep& step : turn.steps) {
      Json at = tasks::to_json(step);
      at["question"] = line;
      trace += json_text(at) + '\n';
    }
    if (!given.trace.empty()) write_file(given.trace, trace);
    if (silent.stop_requested()) break;
  }
  if (asks) std::cerr << '\n';
}

}  // namespace

void add_chat_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  given->options.answer.most_tokens = 512;
  CLI::App* verb = program.add_subcommand("chat", "a conversation with a language model");
  verb->add_option("--model", given->model,
                   "GGUF file with a chat template; default: SmolLM2 135M as installed");
  verb->add_option("--system", given->system, "what the model is told before");
  verb->add_option("--tokens", given->options.answer.most_tokens, "most tokens of an answer")
      ->capture_default_str();
  add_seed_flag(*verb, given->options.answer.seed);
  verb->add_option("--tools", given->tools,
                   "what it may call: a JSON file of programs, URLs and MCP servers");
  verb->add_flag("--must-call", given->options.must, "its first answer to a line is a call");
  verb->add_option("--trace", given->trace, "file (JSON lines) of what it called and what came");
  verb->add_flag("--json", given->json, "an answer a line as JSON");
  add_speculation_flags(*verb, given->speculation);
  add_option_flags(*verb, option_fields(given->options.answer.sampling), "Sampling");
  verb->footer(
      "A line is what you say; the end of the input ends it.\n"
      "Example: echo 'What is a Gumbel variable?' | offprint chat --tokens 60");
  verb->callback([&context, given] { converse(*given, context); });
}

}  // namespace offprint::cli
