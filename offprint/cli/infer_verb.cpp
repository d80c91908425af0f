#include "offprint/cli/infer_verb.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/file.h"
#include "offprint/core/plot.h"
#include "offprint/tasks/infer_methods.h"

namespace offprint::cli {
namespace {

struct Given {
  tasks::InferRequest request;
  std::filesystem::path out;
  bool json = false;
};

std::string methods() {
  std::string text = "Methods:\n";
  for (const tasks::InferMethod& method : tasks::infer_methods())
    text += fmt::format("  {:12} {} (paper {})\n", method.name, method.summary, method.paper);
  return text;
}

void print(std::ostream& out, const Given& given, const tasks::InferOutcome& outcome) {
  out << outcome.heading << "\n\n";
  for (const TextTable& table : outcome.tables) out << table.to_terminal() << '\n';
  if (!outcome.closing.empty()) out << outcome.closing << '\n';
  if (!given.out.empty()) {
    out << outcome.files << " in " << given.out.string() << '\n';
    return;
  }
  for (size_t i = 0; i < outcome.plots.size(); ++i)
    out << (i == 0 ? "" : "\n") << to_terminal(outcome.plots[i]);
}

}  // namespace

void add_infer_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  tasks::InferRequest& r = given->request;
  CLI::App* verb =
      program.add_subcommand("infer", "what a series or a table holds that its rows do not say");
  verb->add_option("--data", r.data, "table (CSV): a row a step, or rows with holes");
  verb->add_option("--column", r.column, "the column that is the stream");
  verb->add_option("--time", r.time, "the column of times; default: the only one, or none");
  verb->add_option("--method", r.method, "see below")->capture_default_str();
  verb->add_option("--out", given->out, "folder for tables and plots");
  add_seed_flag(*verb, r.seed);
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(r.options));
  verb->footer(
      methods() +
      "Examples: offprint infer --method hippo --data stream.csv --column load --basis fout "
      "--window 720 --order 64\n"
      "          offprint infer --method ar-gap --data x.csv --column OT --lags 7\n"
      "          offprint infer --method ar-gap --rho 0.5,-0.3,0.2 --contexts 8:512\n"
      "          offprint infer --method monotone-dbm --data table.csv --hole '?' --out done");
  verb->callback([&context, given] {
    if (!given->out.empty()) make_folder(given->out);
    Progress progress = context.progress();
    const tasks::InferOutcome outcome = tasks::infer(given->request, progress);
    if (!given->out.empty()) outcome.write(given->out);
    if (given->json)
      context.out << json_text(outcome.json, 2) << '\n';
    else
      print(context.out, *given, outcome);
  });
}

}  // namespace offprint::cli
