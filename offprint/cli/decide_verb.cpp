#include "offprint/cli/decide_verb.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/file.h"
#include "offprint/core/plot.h"
#include "offprint/tasks/decide_methods.h"

namespace offprint::cli {
namespace {

struct Given {
  tasks::DecideRequest request;
  std::filesystem::path out;
  bool json = false;
};

std::string methods() {
  std::string text = "Methods:\n";
  for (const tasks::DecideMethod& method : tasks::decide_methods())
    text += fmt::format("  {:16} {} (paper {})\n", method.name, method.summary, method.paper);
  return text;
}

void print(std::ostream& out, const Given& given, const tasks::DecideOutcome& outcome) {
  out << outcome.heading << "\n\n";
  for (const TextTable& table : outcome.tables) out << table.to_terminal() << '\n';
  out << outcome.closing << '\n';
  if (!given.out.empty()) {
    out << outcome.files << " in " << given.out.string() << '\n';
    return;
  }
  for (const Plot& plot : outcome.plots) out << '\n' << to_terminal(plot);
}

}  // namespace

void add_decide_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  tasks::DecideRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("decide", "what to do, and what looking more would buy");
  verb->add_option("--data,--losses", r.data,
                   "table (CSV): a row a round, a column an action, losses from 0 to 1");
  verb->add_option("--method", r.method, "see below")->capture_default_str();
  verb->add_option("--out", given->out, "folder for the table and the plot");
  add_seed_flag(*verb, r.seed);
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(r.options));
  verb->footer(
      methods() +
      "Example: offprint decide --method switching-costs --losses losses.csv --budget 5000 "
      "--switch-cost 2.5");
  verb->callback([&context, given] {
    if (!given->out.empty()) make_folder(given->out);
    Progress progress = context.progress();
    const tasks::DecideOutcome outcome = tasks::decide(given->request, progress);
    if (!given->out.empty()) outcome.write(given->out);
    if (given->json)
      context.out << json_text(outcome.json, 2) << '\n';
    else
      print(context.out, *given, outcome);
  });
}

}  // namespace offprint::cli
