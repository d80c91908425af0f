#include "offprint/cli/train_verb.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <numbers>

#include "offprint/cli/option_flags.h"
#include "offprint/core/error.h"
#include "offprint/core/table.h"
#include "offprint/tasks/train_language.h"

namespace offprint::cli {
namespace {

std::string models() {
  std::string text = "Models:\n";
  for (const tasks::LanguageKind& kind : tasks::language_kinds()) {
    text += fmt::format("  {:12} {}", kind.name, kind.summary);
    text += kind.paper.empty() ? " (baseline)\n" : fmt::format(" (paper {})\n", kind.paper);
  }
  return text;
}

void print(std::ostream& out, const tasks::TrainLanguageOutcome& o,
           const std::filesystem::path& folder) {
  out << fmt::format("{}: {} parameters on {} bytes of {}, {} steps in {} s\n", o.kind,
                     o.parameters, o.train_tokens, o.source, o.training.steps,
                     number_text(o.training.seconds, 2))
      << fmt::format("held out ({} bytes): {} nats a byte, {} bits\n", o.held_out_tokens,
                     number_text(o.held_out_nats),
                     number_text(o.held_out_nats / std::numbers::ln2));
  if (!o.sample.empty()) out << "\n" << o.prompt << "|" << o.sample << "\n";
  if (!folder.empty()) out << "model in " << folder.string() << '\n';
}

}  // namespace

void add_train_verb(CLI::App& program, Context& context) {
  struct Given {
    tasks::TrainLanguageRequest request;
    bool json = false;
  };
  const auto given = std::make_shared<Given>();
  tasks::TrainLanguageRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("train", "a small language model on a text");
  verb->add_option("--corpus", r.corpus, "text file, UTF-8, may be gzipped")->required();
  verb->add_option("--model", r.kind, "see below")->capture_default_str();
  verb->add_option("--out", r.out, "folder for the model");
  verb->add_option("--prompt", r.prompt, "what the sample goes on from");
  verb->add_option("--sample", r.sample, "bytes to write when trained")->capture_default_str();
  verb->add_option("--temperature", r.temperature, "of the sample; 0 takes the likeliest")
      ->capture_default_str();
  add_seed_flag(*verb, r.seed);
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(r.options));
  verb->footer(models() + "Example: offprint train --model m2-gpt --corpus my.txt --out model");
  verb->callback([&context, given] {
    Progress progress = context.progress();
    const tasks::TrainLanguageOutcome outcome = tasks::train_language(given->request, progress);
    if (given->json)
      context.out << json_text(tasks::to_json(outcome), 2) << '\n';
    else
      print(context.out, outcome, given->request.out);
  });
}

}  // namespace offprint::cli
