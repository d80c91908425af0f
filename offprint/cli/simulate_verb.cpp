#include "offprint/cli/simulate_verb.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/simulate.h"

namespace offprint::cli {
namespace {

std::string methods() {
  std::string text = "Methods:\n";
  for (const tasks::SimulateMethod& method : tasks::simulate_methods())
    text += fmt::format("  {:12} {} (paper {})\n", method.name, method.summary, method.paper);
  return text;
}

}  // namespace

void add_simulate_verb(CLI::App& program, Context& context) {
  struct Given {
    std::string method{tasks::simulate_methods().front().name};
    tasks::SimulateOptions options;
    std::filesystem::path out;
    uint64_t seed = 1;
    bool json = false;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("simulate", "series and runs of a simulated world");
  verb->add_option("--method", given->method, "see below")->capture_default_str();
  verb->add_option("--out", given->out, "table (CSV); default: print it");
  add_seed_flag(*verb, given->seed);
  verb->add_flag("--json", given->json, "print JSON about it instead");
  add_option_flags(*verb, option_fields(given->options));
  verb->footer(methods() +
               "Example: offprint simulate --method arma --order 5 --length 50000 --out ar.csv");
  verb->callback([&context, given] {
    if (!given->out.empty()) try_to_write(given->out);
    Progress progress = context.progress();
    const tasks::Simulation simulation =
        tasks::simulate(given->method, given->options, given->seed, progress);
    if (!given->out.empty()) data::write_csv(given->out, simulation.table);
    if (given->json)
      context.out << json_text(simulation.json, 2) << '\n';
    else if (given->out.empty())
      context.out << data::csv_text(simulation.table);
    else
      context.out << fmt::format("{} rows in {}: {}\n", simulation.table.rows, given->out.string(),
                                 simulation.summary);
  });
}

}  // namespace offprint::cli
