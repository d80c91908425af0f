#include "offprint/cli/classify_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/file.h"
#include "offprint/core/plot.h"
#include "offprint/data/csv.h"
#include "offprint/models/catalog.h"
#include "offprint/tasks/classify_table.h"

namespace offprint::cli {
namespace {

std::string methods() {
  std::string text = "Methods:\n";
  for (const models::SequenceLayer& layer : models::sequence_layers()) {
    text += fmt::format("  {:12} {}", layer.name, layer.summary);
    text += layer.paper.empty() ? " (baseline)\n" : fmt::format(" (paper {})\n", layer.paper);
  }
  return text;
}

void print(std::ostream& out, const tasks::ClassifyRequest& request,
           const tasks::ClassifyOutcome& outcome, bool plotted) {
  if (outcome.training)
    out << fmt::format("{}: {} parameters, fitted on {} rows in {} epochs, {:.1f} s{}\n",
                       outcome.method, outcome.parameters, outcome.fitted_rows,
                       outcome.training->epochs, outcome.training->seconds,
                       outcome.training->stopped ? ", stopped early" : "");
  if (outcome.report) {
    const tasks::ClassifyReport& report = *outcome.report;
    out << fmt::format("{:.1f} % right of {} rows{}, cross entropy {:.3f}\n\n",
                       100 * report.accuracy, report.rows,
                       outcome.training ? " it did not see" : "", report.cross_entropy)
        << tasks::per_class(report).to_terminal() << '\n';
    if (!plotted) out << to_terminal(tasks::confusion_plot(report));
  }
  if (!request.save.empty()) out << "model in " << request.save.string() << '\n';
  if (!request.out.empty())
    out << "predictions in " << request.out.string() << '\n';
  else if (!outcome.report)
    out << data::csv_text(outcome.predictions);
}

}  // namespace

void add_classify_verb(CLI::App& program, Context& context) {
  struct Given {
    tasks::ClassifyRequest request;
    std::filesystem::path plot;
    bool json = false;
  };
  const auto given = std::make_shared<Given>();
  tasks::ClassifyRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("classify", "learn classes of sequences, one a row");
  verb->add_option("--data", r.data, "table (CSV): a column a step, and one of labels")->required();
  verb->add_option("--label", r.label, "the column of labels");
  verb->add_option("--method", r.options.method, "see below")->capture_default_str();
  verb->add_option("--length", r.length, "steps; columns are length x channels (0: one channel)")
      ->capture_default_str();
  verb->add_option("--test", r.test, "share of the rows kept apart to measure on")
      ->capture_default_str();
  verb->add_option("--save", r.save, "folder for the fitted model");
  verb->add_option("--model", r.model, "folder of a saved model: predict, do not fit");
  verb->add_option("--out", r.out, "table (CSV) for the predictions");
  verb->add_option("--plot", given->plot, "SVG file of the confusion of classes");
  add_seed_flag(*verb, r.seed);
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(r.options));
  verb->footer(methods() +
               "Example: offprint classify --method s4d --data x.csv --label y --epochs 5");
  verb->callback([&context, given] {
    if (!given->plot.empty()) try_to_write(given->plot);
    Progress progress = context.progress();
    const tasks::ClassifyOutcome outcome = tasks::classify_table(given->request, progress);
    const bool plotted = !given->plot.empty() && outcome.report;
    if (plotted) write_file(given->plot, to_svg(tasks::confusion_plot(*outcome.report)));
    if (given->json)
      context.out << json_text(tasks::to_json(outcome), 2) << '\n';
    else
      print(context.out, given->request, outcome, plotted);
    if (outcome.training && outcome.training->stopped) context.exit_code = kStopped;
  });
}

}  // namespace offprint::cli
