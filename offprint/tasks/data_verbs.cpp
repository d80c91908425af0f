#include "offprint/tasks/data_verbs.h"

#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/models/catalog.h"
#include "offprint/tasks/audit_series.h"
#include "offprint/tasks/classify_table.h"
#include "offprint/tasks/decide_methods.h"
#include "offprint/tasks/forecast_series.h"
#include "offprint/tasks/infer_methods.h"

namespace offprint::tasks {
namespace {

OptionInfo column(const char* name, const char* help) { return {name, help, "text", "", {}}; }

OptionInfo seed() { return {"seed", "of everything that is drawn", "whole number", 1, {}}; }

template <class Options>
std::vector<OptionInfo> with_seed(const Options& options) {
  std::vector<OptionInfo> all = describe_options(options);
  all.push_back(seed());
  return all;
}

// Methods come as rows with name, summary and paper.
template <class Rows>
std::vector<DataVerb::Method> methods_of(const Rows& rows, const std::string& first) {
  std::vector<DataVerb::Method> methods;
  for (const auto& row : rows)
    methods.push_back({std::string(row.name), std::string(row.summary), std::string(row.paper)});
  std::ranges::stable_partition(methods, [&](const auto& method) { return method.name == first; });
  return methods;
}

DataVerb forecast() {
  return {.name = "forecast",
          .summary = "the next rows of a series, with quantiles",
          .table = "a row a moment, a column a series",
          .inputs = {column("target", "columns to forecast, commas between; empty: all numbers"),
                     column("time", "column of times; empty: the one there is")},
          .required = {},
          .methods = methods_of(forecast_methods(), ForecastOptions().method),
          .options = with_seed(ForecastOptions()),
          .outputs = {{"--out", "forecast.csv"}, {"--plot", "forecast.svg"}}};
}

DataVerb classify() {
  const ClassifyRequest defaults;
  std::vector<OptionInfo> options = with_seed(defaults.options);
  options.insert(
      options.begin(),
      {{"length",
        "steps; columns are length x channels (0: one channel)",
        "whole number",
        defaults.length,
        {}},
       {"test", "share of the rows kept apart to measure on", "number", defaults.test, {}}});
  return {.name = "classify",
          .summary = "learn classes of sequences, one a row",
          .table = "a row a sequence: a column a step, and one of labels",
          .inputs = {column("label", "the column of labels")},
          .required = {"label"},
          .methods = methods_of(models::sequence_layers(), defaults.options.method),
          .options = options,
          .outputs = {{"--out", "predictions.csv"}, {"--plot", "confusion.svg"}}};
}

DataVerb audit() {
  return {.name = "audit",
          .summary = "how strange each value of a series is",
          .table = "a row a moment, a column a series",
          .inputs = {column("target", "columns to judge, commas between; empty: all numbers"),
                     column("time", "column of times; empty: the one there is")},
          .required = {},
          .methods = methods_of(audit_methods(), AuditOptions().method),
          .options = with_seed(AuditOptions()),
          .outputs = {{"--out", "scores.csv"}, {"--plot", "scores.svg"}}};
}

DataVerb infer() {
  return {.name = "infer",
          .summary = "what a series or a table holds that its rows do not say",
          .table = "a row a step, or rows with holes",
          .inputs = {column("column",
                            "the column that is the stream; of none where a table is completed"),
                     column("time", "column of times; empty: the one there is")},
          .required = {},
          .methods = methods_of(infer_methods(), InferRequest().method),
          .options = with_seed(InferOptions()),
          .outputs = {{"--out", ""}}};
}

DataVerb decide() {
  return {.name = "decide",
          .summary = "what to do, and what looking more would buy",
          .table = "a row a round, a column an action, losses from 0 to 1",
          .inputs = {},
          .required = {},
          .methods = methods_of(decide_methods(), DecideRequest().method),
          .options = with_seed(DecideOptions()),
          .outputs = {{"--out", ""}}};
}

}  // namespace

std::span<const DataVerb> data_verbs() {
  static const std::array all = {forecast(), classify(), audit(), infer(), decide()};
  return all;
}

const DataVerb& find_data_verb(const std::string& name) {
  std::vector<std::string> names;
  for (const DataVerb& verb : data_verbs()) {
    if (verb.name == name) return verb;
    names.push_back(verb.name);
  }
  fail("no task '{}'{}, expected {}", name, did_you_mean(name, names), fmt::join(names, ", "));
}

}  // namespace offprint::tasks
