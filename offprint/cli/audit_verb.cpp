#include "offprint/cli/audit_verb.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "offprint/cli/attribute_audit_run.h"
#include "offprint/cli/multiplicity_run.h"
#include "offprint/cli/option_flags.h"
#include "offprint/cli/outcome_run.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/tasks/audit_series.h"
#include "offprint/tasks/misspecification_audit.h"

namespace offprint::cli {
namespace {

struct Given {
  tasks::AuditRequest request;
  std::filesystem::path plot;
  bool json = false;
  AttributeAuditRun attribute = {};
  MultiplicityRun multiplicity = {};
  tasks::MisspecificationRequest misspecification = {};
};

std::string methods() {
  std::string text = "Methods:\n";
  for (const tasks::AuditMethod& method : tasks::audit_methods()) {
    text += fmt::format("  {:10} {}", method.name, method.summary);
    text += method.paper.empty() ? " (baseline)\n" : fmt::format(" (paper {})\n", method.paper);
  }
  return text +
         "  counterfactual  an attribute changed in what a language model writes of people, the "
         "same luck (paper counterfactual)\n"
         "  predictive-multiplicity  how far models nearly as good as the best disagree on the "
         "same "
         "person (paper predictive-multiplicity)\n"
         "  irl-misspecification  how far a reward read from a log of decisions is off, if the "
         "person does not act as assumed (paper irl-misspecification)\n";
}

void print(std::ostream& out, const Given& given, const tasks::AuditOutcome& outcome) {
  const data::Series& series = outcome.series;
  out << fmt::format("{}: {} rows, {} column{}, the first {} rows taken as normal{}\n\n",
                     series.source, series.length(), series.names.size(),
                     series.names.size() == 1 ? "" : "s", outcome.found.train,
                     outcome.interpolated > 0
                         ? fmt::format(", {} values interpolated", outcome.interpolated)
                         : "")
      << tasks::strangest_table(outcome).to_terminal();
  if (given.plot.empty()) out << '\n' << to_terminal(tasks::audit_plot(outcome));
  if (!given.request.out.empty()) out << "scores in " << given.request.out.string() << '\n';
}

tasks::Outcome misspecification(const tasks::MisspecificationRequest& request, Progress& progress) {
  return misspecification_outcome(audit_misspecification(request, progress));
}

void audit(const Given& given, Context& context) {
  if (given.request.options.method == "irl-misspecification") {
    tasks::MisspecificationRequest request = given.misspecification;
    request.data = given.request.data, request.seed = given.request.seed;
    require(given.plot.empty(),
            "audit: --plot with irl-misspecification, expected --out: a folder for tables and the "
            "plot");
    return run_outcome(misspecification, request, {given.request.out, given.json}, context);
  }
  if (given.request.options.method == "counterfactual") {
    AttributeAuditRun run = given.attribute;
    run.seed = given.request.seed, run.out = given.request.out, run.plot = given.plot;
    run.json = given.json;
    return run_attribute_audit(run, context);
  }
  if (given.request.options.method == "predictive-multiplicity") {
    MultiplicityRun run = given.multiplicity;
    const auto& targets = given.request.targets;
    require(targets.size() <= 1, "audit: {} targets, expected one", targets.size());
    run.request.data = given.request.data, run.request.out = given.request.out;
    run.request.target = targets.empty() ? "" : targets.front();
    run.request.seed = given.request.seed, run.plot = given.plot, run.json = given.json;
    return run_multiplicity(run, context);
  }
  require(!given.request.data.empty(), "audit: --data is required");
  if (!given.plot.empty()) try_to_write(given.plot);
  Progress progress = context.progress();
  const tasks::AuditOutcome outcome = tasks::audit_series(given.request, progress);
  if (!given.plot.empty()) write_file(given.plot, to_svg(tasks::audit_plot(outcome)));
  if (given.json)
    context.out << json_text(tasks::to_json(outcome), 2) << '\n';
  else
    print(context.out, given, outcome);
}

}  // namespace

void add_audit_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  tasks::AuditRequest& r = given->request;
  CLI::App* verb = program.add_subcommand("audit",
                                          "how strange each value of a series is, what a language "
                                          "model ties to an attribute, how far "
                                          "equally good models disagree on the same person, or "
                                          "how far a reward inferred may be off");
  verb->add_option("--data,--trajectories", r.data,
                   "table (CSV) with a row a moment, a person or a decision");
  verb->add_option("--target", r.targets,
                   "columns to judge, default: all columns of numbers; or the column to foretell")
      ->delimiter(',');
  verb->add_option("--time", r.time, "column of times; default: the one there is");
  verb->add_option("--method", r.options.method, "see below")->capture_default_str();
  verb->add_option("--out", r.out,
                   "table (CSV) for the scores or people; JSON with counterfactual; a folder with "
                   "irl-misspecification");
  verb->add_option("--plot", given->plot,
                   "SVG file of the heat map, of what changed, or of the ranges");
  add_seed_flag(*verb, r.seed);
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(r.options));
  add_attribute_audit_flags(*verb, given->attribute);
  add_multiplicity_flags(*verb, given->multiplicity);
  add_option_flags(*verb, option_fields(given->misspecification.options), "Inferred rewards");
  verb->footer(methods() +
               "Examples: offprint audit --data plant.csv --normal 0.6 --plot heat.svg\n"
               "offprint audit --method counterfactual --prompt census.txt --attribute sex\n"
               "offprint audit --method predictive-multiplicity --data loans.csv --target default "
               "--group sex --out people.csv\n"
               "offprint audit --method irl-misspecification --trajectories log.csv --discount "
               "0.95");
  verb->callback([&context, given] { audit(*given, context); });
}

}  // namespace offprint::cli
