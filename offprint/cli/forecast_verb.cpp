#include "offprint/cli/forecast_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/forecast_series.h"

namespace offprint::cli {
namespace {

std::string methods() {
  std::string text = "Methods:\n";
  for (const tasks::ForecastMethod& method : tasks::forecast_methods()) {
    text += fmt::format("  {:15} {}", method.name, method.summary);
    text += method.paper.empty() ? " (baseline)\n" : fmt::format(" (paper {})\n", method.paper);
  }
  return text;
}

void print(std::ostream& out, const tasks::ForecastRequest& request,
           const tasks::ForecastOutcome& outcome, bool plotted) {
  const data::Series& series = outcome.series;
  out << fmt::format("{}: {} rows, {} column{}, looking back {}, season {}{}\n", series.source,
                     series.length(), series.names.size(), series.names.size() == 1 ? "" : "s",
                     outcome.shape.lookback, outcome.shape.season,
                     outcome.interpolated > 0
                         ? fmt::format(", {} values interpolated", outcome.interpolated)
                         : "");
  if (!outcome.scores.empty())
    out << fmt::format("On the last rows, which no method saw ({} windows, standardised):\n\n",
                       outcome.scores.front().windows)
        << tasks::score_table(outcome.scores).to_terminal() << '\n';
  else if (request.model.empty())
    out << "Too few rows to judge the method on.\n";
  if (!plotted) out << to_terminal(tasks::forecast_plot(outcome, 0)) << '\n';
  if (!request.save.empty()) out << "model in " << request.save.string() << '\n';
  if (!request.out.empty())
    out << "forecast in " << request.out.string() << '\n';
  else
    out << data::csv_text(tasks::forecast_table(outcome));
}

}  // namespace

void add_forecast_verb(CLI::App& program, Context& context) {
  struct Given {
    tasks::ForecastRequest request;
    std::filesystem::path plot;
    bool json = false;
  };
  const auto given = std::make_shared<Given>();
  tasks::ForecastRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("forecast", "the next rows of a series, with quantiles");
  verb->add_option("--data", r.data, "table (CSV) with a row a moment")->required();
  verb->add_option("--target", r.targets, "columns to forecast; default: all columns of numbers")
      ->delimiter(',');
  verb->add_option("--time", r.time, "column of times; default: the one there is");
  verb->add_option("--method", r.options.method, "see below")->capture_default_str();
  verb->add_option("--out", r.out, "table (CSV) for the forecast");
  verb->add_option("--plot", given->plot, "SVG file of the first column");
  verb->add_option("--save", r.save, "folder for the fitted model");
  verb->add_option("--model", r.model, "folder of a saved model: forecast, do not fit");
  add_seed_flag(*verb, r.seed);
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(r.options));
  verb->footer(methods() + "Example: offprint forecast --data load.csv --target load --horizon 48");
  verb->callback([&context, given] {
    if (!given->plot.empty()) try_to_write(given->plot);
    Progress progress = context.progress();
    const tasks::ForecastOutcome outcome = tasks::forecast_series(given->request, progress);
    if (!given->plot.empty()) write_file(given->plot, to_svg(tasks::forecast_plot(outcome, 0)));
    if (given->json)
      context.out << json_text(tasks::to_json(outcome), 2) << '\n';
    else
      print(context.out, given->request, outcome, !given->plot.empty());
  });
}

}  // namespace offprint::cli
