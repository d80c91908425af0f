#include "offprint/cli/infer_verb.h"

#include "offprint/cli/outcome_run.h"
#include "offprint/tasks/infer_methods.h"

namespace offprint::cli {

void add_infer_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<OutcomeRequest<tasks::InferRequest>>();
  tasks::InferRequest& r = given->request;
  CLI::App* verb =
      program.add_subcommand("infer", "what a series or a table holds that its rows do not say");
  verb->add_option("--data,--trajectories", r.data,
                   "table (CSV): a row a step, rows with holes, or a row a decision");
  verb->add_option("--column", r.column, "the column that is the stream");
  verb->add_option("--time", r.time, "the column of times; default: the only one, or none");
  finish_outcome_verb(*verb, given, tasks::infer, context);
  verb->footer(
      methods_help(tasks::infer_methods()) +
      "Examples: offprint infer --method hippo --data stream.csv --column load --basis fout "
      "--window 720 --order 64\n"
      "          offprint infer --method ar-gap --data x.csv --column OT --lags 7\n"
      "          offprint infer --method ar-gap --rho 0.5,-0.3,0.2 --contexts 8:512\n"
      "          offprint infer --method monotone-dbm --data table.csv --hole '?' --out done\n"
      "          offprint infer --method fractional-sde --data series.csv --column rv --ahead 48\n"
      "          offprint infer --method irl --trajectories log.csv --model mce --discount 0.95\n"
      "          offprint infer --method causal-minimax --data sites.csv --target y --environment "
      "site --graph g.dot --out kept");
}

}  // namespace offprint::cli
