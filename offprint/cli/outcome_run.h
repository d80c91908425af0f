// Verbs whose methods end in a tasks::Outcome: their common flags, and how an outcome is printed.
#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <string>

#include "offprint/cli/context.h"
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

// Runs `verb` (tasks::infer, tasks::decide, …) and shows what it found; a folder that cannot be
// written is said before the work.
template <class Request>
void run_outcome(tasks::Outcome (*verb)(const Request&, Progress&), const Request& request,
                 const OutcomeFlags& flags, Context& context) {
  if (!flags.out.empty()) make_folder(flags.out);
  Progress progress = context.progress();
  show_outcome(flags, verb(request, progress), context);
}

}  // namespace offprint::cli
