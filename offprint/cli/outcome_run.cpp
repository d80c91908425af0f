#include "offprint/cli/outcome_run.h"

namespace offprint::cli {

void add_outcome_flags(CLI::App& verb, OutcomeFlags& flags) {
  verb.add_option("--out", flags.out, "folder for tables and plots");
  verb.add_flag("--json", flags.json, "print JSON");
}

void show_outcome(const OutcomeFlags& flags, const tasks::Outcome& outcome, Context& context) {
  if (!flags.out.empty()) outcome.write(flags.out);
  std::ostream& out = context.out;
  if (flags.json) {
    out << json_text(outcome.json, 2) << '\n';
    return;
  }
  out << outcome.heading << "\n\n";
  for (const TextTable& table : outcome.tables) out << table.to_terminal() << '\n';
  if (!outcome.closing.empty()) out << outcome.closing << '\n';
  if (!flags.out.empty()) {
    out << outcome.files << " in " << flags.out.string() << '\n';
    return;
  }
  for (size_t i = 0; i < outcome.plots.size(); ++i)
    out << (i == 0 ? "" : "\n") << to_terminal(outcome.plots[i]);
}

}  // namespace offprint::cli
