#include "offprint/cli/decide_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/cli/outcome_run.h"
#include "offprint/tasks/decide_methods.h"

namespace offprint::cli {
namespace {

struct Given {
  tasks::DecideRequest request;
  OutcomeFlags flags;
};

}  // namespace

void add_decide_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  tasks::DecideRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("decide", "what to do, and what looking more would buy");
  verb->add_option("--data,--losses", r.data,
                   "table (CSV): a row a round, a column an action, losses from 0 to 1");
  verb->add_option("--method", r.method, "see below")->capture_default_str();
  add_seed_flag(*verb, r.seed);
  add_outcome_flags(*verb, given->flags);
  add_option_flags(*verb, option_fields(r.options));
  verb->footer(
      methods_help(tasks::decide_methods()) +
      "Example: offprint decide --method switching-costs --losses losses.csv --budget 5000 "
      "--switch-cost 2.5");
  verb->callback(
      [&context, given] { run_outcome(tasks::decide, given->request, given->flags, context); });
}

}  // namespace offprint::cli
