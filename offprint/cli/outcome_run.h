// Verbs whose methods end in a tasks::Outcome: their common flags, and how an outcome is printed.
#pragma once
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "offprint/cli/context.h"
#include "offprint/cli/option_flags.h"
#include "offprint/core/file.h"
#include "offprint/tasks/outcome.h"

namespace offprint::cli {

struct OutcomeFlags {
  std::filesystem::path out;
  bool json = false;
};

// --out and --json.
void add_outcome_flags(CLI::App& verb, OutcomeFlags& flags);
// Writes the files where --out names a folder, then prints: JSON, or tables, advice and plots.
void show_outcome(const OutcomeFlags& flags, const tasks::Outcome& outcome, Context& context);

// "Methods:\n  name  summary (paper slug)\n…" for a verb's help.
template <class Request>
std::string methods_help(std::span<const tasks::Method<Request>> methods) {
  std::string text = "Methods:\n";
  for (const auto& method : methods)
    text += fmt::format("  {:16} {} (paper {})\n", method.name, method.summary, method.paper);
  return text;
}

template <class Request>
struct OutcomeRequest {
  Request request;
  OutcomeFlags flags;
};

// Runs `verb` (tasks::infer, tasks::decide, …) and shows what it found; a folder that cannot be
// written is said before the work.
template <class Request>
void run_outcome(tasks::Outcome (*verb)(const Request&, Progress&), const Request& request,
                 const OutcomeFlags& flags, Context& context) {
  if (!flags.out.empty()) make_folder(flags.out);
  Progress progress = context.progress();
  show_outcome(flags, verb(request, progress), context);
}

// The last flags of a verb, those that all of its kind have, and what it does.
template <class Request>
void finish_outcome_verb(CLI::App& verb, const std::shared_ptr<OutcomeRequest<Request>>& given,
                         tasks::Outcome (*run)(const Request&, Progress&), Context& context) {
  Request& r = given->request;
  verb.add_option("--method", r.method, "see below")->capture_default_str();
  add_seed_flag(verb, r.seed);
  add_outcome_flags(verb, given->flags);
  add_option_flags(verb, option_fields(r.options));
  verb.callback(
      [&context, given, run] { run_outcome(run, given->request, given->flags, context); });
}

}  // namespace offprint::cli
