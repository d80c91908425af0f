#include "offprint/cli/multiplicity_run.h"

#include <CLI/CLI.hpp>

#include "offprint/cli/option_flags.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"

namespace offprint::cli {

void add_multiplicity_flags(CLI::App& verb, MultiplicityRun& given) {
  const char* group = "Predictive multiplicity";
  verb.add_option("--without", given.request.without, "columns that are no features")
      ->delimiter(',')
      ->group(group);
  verb.add_option("--models", given.request.models, "table (CSV) for the competing models")
      ->group(group);
  verb.add_option("--epsilon-plot", given.epsilon_plot, "SVG file of the shares over epsilon")
      ->group(group);
  add_option_flags(verb, option_fields(given.request.options), group);
}

void run_multiplicity(const MultiplicityRun& given, Context& context) {
  require(!given.request.data.empty(), "audit: --data is required");
  for (const auto& path : {given.plot, given.epsilon_plot})
    if (!path.empty()) try_to_write(path);
  Progress progress = context.progress();
  const tasks::MultiplicityOutcome outcome = tasks::audit_multiplicity(given.request, progress);
  if (!given.plot.empty()) write_file(given.plot, to_svg(tasks::range_plot(outcome)));
  if (!given.epsilon_plot.empty())
    write_file(given.epsilon_plot, to_svg(tasks::epsilon_plot(outcome)));
  if (given.json) {
    context.out << json_text(tasks::to_json(outcome), 2) << '\n';
    return;
  }
  context.out << tasks::multiplicity_table(outcome).to_terminal();
  if (!outcome.groups.empty()) context.out << '\n' << tasks::group_table(outcome).to_terminal();
  if (given.plot.empty()) context.out << '\n' << to_terminal(tasks::range_plot(outcome));
  for (const std::string& note : outcome.notes) context.out << note << '\n';
  if (!given.request.out.empty()) context.out << "people in " << given.request.out.string() << '\n';
  if (!given.request.models.empty())
    context.out << "models in " << given.request.models.string() << '\n';
}

}  // namespace offprint::cli
