#include "offprint/cli/chat_verb.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>
#include <memory>

#include "offprint/cli/generate_verb.h"
#include "offprint/cli/option_flags.h"
#include "offprint/core/error.h"
#include "offprint/tasks/chat.h"

namespace offprint::cli {
namespace {

struct Given {
  std::filesystem::path model;
  std::string system;
  tasks::GenerateOptions options;
  bool json = false;
};

// A line is what the person says; the conversation ends with the input.
void converse(const Given& given, Context& context) {
  tasks::check(given.options.sampling);
  const tasks::ChatModel model = tasks::load_chat_model(model_file(given.model));
  const bool asks = isatty(STDIN_FILENO) && !given.json;
  tasks::ChatRequest request;
  request.now = std::time(nullptr);
  if (!given.system.empty())
    request.messages.push_back({{"role", "system"}, {"content", given.system}});
  tasks::ModelState read;
  tasks::GenerateOptions options = given.options;
  Progress silent({}, context.stop);  // the text is its own progress
  const auto say = [&](std::string_view text) {
    if (!given.json) context.out << text << std::flush;
  };
  if (asks) std::cerr << "Ctrl-D ends the conversation.\n";
  for (std::string line;; ++options.seed) {
    if (asks) std::cerr << "> " << std::flush;
    if (!std::getline(std::cin, line)) break;
    if (line.empty()) continue;
    request.messages.push_back({{"role", "user"}, {"content", line}});
    const auto said = tasks::chat(model, request, options, read, say, silent);
    request.messages.push_back({{"role", "assistant"}, {"content", said.text}});
    if (given.json)
      context.out << json_text({{"role", "assistant"},
                                {"content", said.text},
                                {"reason", said.reason},
                                {"prompt_tokens", said.prompt.size()},
                                {"tokens", said.tokens.size()},
                                {"seconds", said.prompt_seconds + said.seconds}});
    context.out << std::endl;
    if (silent.stop_requested()) break;
  }
  if (asks) std::cerr << '\n';
}

}  // namespace

void add_chat_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  given->options.most_tokens = 512;
  CLI::App* verb = program.add_subcommand("chat", "a conversation with a language model");
  verb->add_option("--model", given->model,
                   "GGUF file with a chat template; default: SmolLM2 135M as installed");
  verb->add_option("--system", given->system, "what the model is told before");
  verb->add_option("--tokens", given->options.most_tokens, "most tokens of an answer")
      ->capture_default_str();
  add_seed_flag(*verb, given->options.seed);
  verb->add_flag("--json", given->json, "an answer a line as JSON");
  add_option_flags(*verb, option_fields(given->options.sampling), "Sampling");
  verb->footer(
      "A line is what you say; the end of the input ends it.\n"
      "Example: echo 'What is a Gumbel variable?' | offprint chat --tokens 60");
  verb->callback([&context, given] { converse(*given, context); });
}

}  // namespace offprint::cli
