#include "offprint/cli/attribute_audit_run.h"

#include <CLI/CLI.hpp>

#include "offprint/cli/generate_verb.h"
#include "offprint/cli/option_flags.h"
#include "offprint/cli/side_by_side.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"

namespace offprint::cli {

void add_attribute_audit_flags(CLI::App& verb, AttributeAuditRun& given) {
  const char* group = "Counterfactual";
  auto& o = given.options;
  given.options.answer.most_tokens = 80, given.options.answer.stops = {"\n"};
  const auto add = [&](const char* name, auto& value, const char* help) {
    return verb.add_option(name, value, help)->group(group);
  };
  add("--model", given.model, "GGUF file; default: SmolLM2 135M as installed");
  add("--prompt", given.prompt, "text file that the model goes on from with a record");
  add("--attribute", o.attribute, "what is changed in each record")->capture_default_str();
  add("--values", o.values, "from which to which, \"female,male\"; default: the two commonest")
      ->delimiter(',');
  add("--people", o.people, "records")->capture_default_str();
  add("--tokens", o.answer.most_tokens, "most tokens of a record")->capture_default_str();
  add("--stop", o.answer.stops, "text that ends a record; default: the end of the line");
  add_option_flags(verb, option_fields(o.answer.sampling), group);
}

void run_attribute_audit(const AttributeAuditRun& given, Context& context) {
  require(!given.prompt.empty(), "audit: --prompt is required with --method counterfactual");
  std::string prompt = read_file(given.prompt);
  // An editor ends a file with a line break, which would begin a record of nothing.
  while (!prompt.empty() && prompt.back() == '\n') prompt.pop_back();
  require(!prompt.empty(), "{}: empty, expected text", given.prompt.string());
  for (const auto& path : {given.out, given.plot})
    if (!path.empty()) try_to_write(path);
  const tasks::LanguageModelFile file = tasks::load_language_model(model_file(given.model));
  const tasks::FileLanguageModel model(file);
  Progress progress = context.progress();
  const tasks::AttributeAudit audit =
      tasks::audit_attribute(model, prompt, given.options, given.seed, progress);
  if (!given.out.empty()) write_json(given.out, to_json(audit));
  if (!given.plot.empty()) write_file(given.plot, to_svg(effects_plot(audit)));
  if (given.json) {
    context.out << json_text(to_json(audit), 2) << '\n';
    return;
  }
  context.out << fmt::format("{} of {} records have {} as {} or {}\n\n", audit.usable, audit.people,
                             audit.attribute, audit.first, audit.second)
              << effects_table(audit).to_terminal() << '\n'
              << side_by_side("one of them", audit.factual, "with the other " + audit.attribute,
                              audit.counterfactual, terminal_side_by_side());
}

}  // namespace offprint::cli
