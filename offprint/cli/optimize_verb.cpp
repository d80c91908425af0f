#include "offprint/cli/optimize_verb.h"

#include "offprint/cli/outcome_run.h"
#include "offprint/tasks/optimize_methods.h"

namespace offprint::cli {

void add_optimize_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<OutcomeRequest<tasks::OptimizeRequest>>();
  tasks::OptimizeRequest& r = given->request;
  CLI::App* verb =
      program.add_subcommand("optimize", "a model under a loss that only a program of yours knows");
  verb->add_option("--data", r.data, "table (CSV): a row a case, its columns are the features");
  verb->add_option("--loss-command", r.loss_command,
                   "program that is asked, a line of JSON each way; the shell runs it");
  verb->add_option("--without", r.without, "columns that are no features")->delimiter(',');
  finish_outcome_verb(*verb, given, tasks::optimize, context);
  verb->footer(
      methods_help(tasks::optimize_methods()) +
      "The program reads {\"call\": 1, \"gradient\": true, \"rows\": [0, 4], \"outputs\": [[0.1], "
      "[0.3]]}\nand answers {\"loss\": 0.52, \"gradient\": [[0.1], [-0.2]]}: the mean loss of "
      "these "
      "rows, and\nfor each row the gradient of its own loss. Where gradient is false, the loss is "
      "enough.\n"
      "Example: offprint optimize --data cases.csv --loss-command ./score --inner 10 --calls 30 "
      "--out fitted");
}

}  // namespace offprint::cli
