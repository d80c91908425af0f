#include "offprint/cli/decide_verb.h"

#include "offprint/cli/outcome_run.h"
#include "offprint/tasks/decide_methods.h"

namespace offprint::cli {

void add_decide_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<OutcomeRequest<tasks::DecideRequest>>();
  tasks::DecideRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("decide", "what to do, and what looking more would buy");
  verb->add_option("--data,--losses", r.data,
                   "table (CSV): a row a round, a column an action, losses from 0 to 1");
  finish_outcome_verb(*verb, given, tasks::decide, context);
  verb->footer(
      methods_help(tasks::decide_methods()) +
      "Example: offprint decide --method switching-costs --losses losses.csv --budget 5000 "
      "--switch-cost 2.5");
}

}  // namespace offprint::cli
