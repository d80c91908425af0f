#include "offprint/tasks/infer_transfer.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/graph_picture.h"

namespace offprint::tasks {
namespace {

constexpr size_t kShown = 12;
constexpr int64_t kUnits = 80;

const SubsetRisk& chosen_of(const InferredTransfer& t) { return t.search.risks[t.search.chosen]; }

std::string text_of(const InferredTransfer& t, kernels::NodeSet set) {
  return kernels::set_text(t.table.problem.graph, set);
}

std::vector<std::string> names_of(const InferredTransfer& t, const std::vector<int>& nodes) {
  std::vector<std::string> names;
  for (const int i : nodes) names.push_back(t.table.problem.graph.names[static_cast<size_t>(i)]);
  return names;
}

std::vector<std::string> names_of(const InferredTransfer& t, kernels::NodeSet set) {
  return names_of(t, kernels::members(set));
}

// Regression of the rows as they are on all columns: what one has without this.
void weigh_erm(InferredTransfer& t, const Mechanisms& m, const ShiftSearch& shifts, Rng rng) {
  const kernels::TransferProblem& p = t.table.problem;
  const Columns rows = columns_of(m.data);
  const StablePredictor erm =
      fit_stable_predictor(p, rows, p.stable(), kUnits, rng.split("predictor"));
  t.erm_ordinary = risk(erm, rows, p.outcome).item<double>();
  t.erm_worst = worst_shift(m, erm, shifts, rng.split("shift")).risk;
}

std::string verdict_text(const InferredTransfer& t) {
  const kernels::WholeSetVerdict& v = t.search.verdict;
  if (v.guaranteed())
    return "the graph guarantees that all stable columns together are the best to keep";
  return fmt::format(
      "the graph does not guarantee the whole stable set: '{}' causes {}, which is below its "
      "mutable "
      "effect {}",
      t.table.problem.graph.names[static_cast<size_t>(t.table.problem.outcome)],
      text_of(t, v.offending), text_of(t, v.children));
}

TextTable risk_table(const InferredTransfer& t) {
  const SubsetSearch& s = t.search;
  TextTable table{s.risks.size() > kShown
                      ? fmt::format("The {} best of {} subsets", kShown, s.risks.size())
                      : "Subsets",
                  {"keep, besides the mutable ones", "worst-case MSE", "MSE as it is", ""},
                  {}};
  const auto row = [&](const SubsetRisk& r, const std::string& mark) {
    table.rows.push_back(
        {text_of(t, r.predictor.subset), number_text(r.worst), number_text(r.ordinary), mark});
  };
  for (size_t k = 0; k < s.risks.size(); ++k) {
    const bool chosen = k == s.chosen, whole = s.risks[k].predictor.subset == s.whole;
    if (k < kShown || chosen || whole)
      row(s.risks[k], chosen && whole ? "chosen, the whole stable set"
                      : chosen        ? "chosen"
                      : whole         ? "the whole stable set"
                                      : "");
  }
  table.rows.push_back({"all columns, fitted to the rows as they are (ERM)",
                        number_text(t.erm_worst), number_text(t.erm_ordinary), ""});
  return table;
}

Plot risk_plot(const InferredTransfer& t) {
  Plot plot{.title = "Worst-case risk by subset",
            .y_label = fmt::format("mean squared error of {}", t.options.table.target)};
  Plot::Bars worst{.label = "worst shift"}, ordinary{.label = "rows as they are"};
  for (size_t k = 0; k < std::min(kShown, t.search.risks.size()); ++k) {
    const SubsetRisk& r = t.search.risks[k];
    plot.categories.push_back(text_of(t, r.predictor.subset));
    worst.values.push_back(r.worst), ordinary.values.push_back(r.ordinary);
  }
  plot.categories.push_back("ERM");
  worst.values.push_back(t.erm_worst), ordinary.values.push_back(t.erm_ordinary);
  plot.bars = {worst, ordinary};
  plot.marks = {{.label = "variance of the target", .value = t.variance}};
  return plot;
}

struct Answers {
  std::vector<int64_t> lines;
  std::vector<double> values;  // NaN where an input is missing
};

Answers answers_for(const InferredTransfer& t, const std::filesystem::path& path) {
  const data::Table table = data::read_csv(path);
  const StablePredictor& f = chosen_of(t).predictor;
  const std::vector<std::string> names = names_of(t, f.inputs);
  for (const std::string& name : names)
    for (const double v : table.numbers(name))
      require(!std::isinf(v), "{}: column '{}' has an infinite value, expected numbers",
              path.string(), name);
  Answers out;
  for (int64_t r = 0; r < table.rows; ++r) out.lines.push_back(table.line(r));
  out.values = numbers(kernels::predict(f.fit, table.matrix(names)));
  return out;
}

data::Table answer_table(const Answers& a, const std::string& target) {
  data::Table csv;
  csv.rows = std::ssize(a.lines);
  data::Column line{.name = "line"}, value{.name = target};
  for (const int64_t l : a.lines) line.numbers.push_back(static_cast<double>(l));
  value.numbers = a.values;
  csv.columns = {line, value};
  return csv;
}

data::Table subset_table(const InferredTransfer& t) {
  data::Table csv;
  csv.rows = std::ssize(t.search.risks);
  data::Column keep{.name = "keep", .kind = data::ColumnKind::text},
      worst{.name = "worst_case_mse"}, ordinary{.name = "mse"}, chosen{.name = "chosen"};
  for (size_t k = 0; k < t.search.risks.size(); ++k) {
    const SubsetRisk& r = t.search.risks[k];
    keep.texts.push_back(fmt::format("{}", fmt::join(names_of(t, r.predictor.subset), " ")));
    worst.numbers.push_back(r.worst), ordinary.numbers.push_back(r.ordinary);
    chosen.numbers.push_back(k == t.search.chosen ? 1 : 0);
  }
  csv.columns = {keep, worst, ordinary, chosen};
  return csv;
}

Json json_of(const InferredTransfer& t) {
  const kernels::TransferProblem& p = t.table.problem;
  Json subsets = Json::array(), edges = Json::array();
  for (const SubsetRisk& r : t.search.risks)
    subsets.push_back({{"keep", names_of(t, r.predictor.subset)},
                       {"worst_case_mse", r.worst},
                       {"mse", r.ordinary}});
  for (int i = 0; i < p.graph.size(); ++i)
    for (const std::string& from : names_of(t, p.graph.parents[static_cast<size_t>(i)]))
      edges.push_back({from, p.graph.names[static_cast<size_t>(i)]});
  return {{"rows", t.table.data.size(0)},
          {"environments", t.table.environments.size()},
          {"target", t.options.table.target},
          {"mutable", names_of(t, p.moving)},
          {"edges", edges},
          {"graph_from", t.table.discovered ? "data" : "file"},
          {"whole_set_guaranteed", t.search.verdict.guaranteed()},
          {"keep", names_of(t, chosen_of(t).predictor.subset)},
          {"worst_case_mse", chosen_of(t).worst},
          {"whole_set_worst_case_mse", t.search.of(t.search.whole).worst},
          {"erm_worst_case_mse", t.erm_worst},
          {"variance", t.variance},
          {"subsets", subsets},
          {"subsets_complete", t.search.classes.complete},
          {"notes", t.table.notes}};
}

}  // namespace

InferredTransfer infer_transfer(const std::filesystem::path& path, const TransferOptions& o,
                                uint64_t seed, Progress& progress) {
  require(o.shift_starts > 0, "--shift-starts: {}, expected a positive number", o.shift_starts);
  require(o.shift_steps > 0, "--shift-steps: {}, expected a positive number", o.shift_steps);
  require(o.most_subsets > 0, "--most-subsets: {}, expected a positive number", o.most_subsets);
  progress.start("reading the table");
  InferredTransfer t;
  t.options = o, t.table = read_site_table(path, o.table);
  const Rng rng = Rng(seed).split("causal-minimax");
  const Mechanisms m =
      fit_mechanisms(t.table.problem, t.table.data, kUnits, rng.split("equations"));
  const ShiftSearch shifts{.starts = o.shift_starts, .steps = o.shift_steps};
  t.search = search_subsets(m, {.shifts = shifts, .units = kUnits, .most = o.most_subsets},
                            rng.split("search"), progress);
  weigh_erm(t, m, shifts, rng.split("erm"));
  const Tensor y = t.table.data.select(1, t.table.problem.outcome);
  t.variance = (y - y.mean()).square().mean().item<double>();
  if (!t.search.classes.complete)
    t.table.notes.push_back(
        fmt::format("more than {} subsets make different predictors: the first "
                    "and the whole set were weighed (--most-subsets)",
                    o.most_subsets));
  return t;
}

Json predictor_json(const InferredTransfer& t) {
  const StablePredictor& f = chosen_of(t).predictor;
  std::vector<std::vector<double>> weight;
  for (int64_t d = 0; d < f.fit.weight.size(0); ++d) weight.push_back(numbers(f.fit.weight[d]));
  return {{"format", "offprint feature ridge 1"}, {"target", t.options.table.target},
          {"inputs", names_of(t, f.inputs)},      {"centre", numbers(f.fit.centre)},
          {"scale", numbers(f.fit.scale)},        {"weight", weight},
          {"bias", numbers(f.fit.bias)},          {"mean", numbers(f.fit.mean)},
          {"beta", numbers(f.fit.beta)},          {"intercept", f.fit.intercept}};
}

Outcome transfer_outcome(const InferredTransfer& t) {
  const kernels::TransferProblem& p = t.table.problem;
  const SubsetRisk& chosen = chosen_of(t);
  Outcome out;
  out.heading =
      fmt::format("'{}' of {} rows, {} environment{}, {} variables; mutable: {}; graph {}",
                  t.options.table.target, t.table.data.size(0), t.table.environments.size(),
                  t.table.environments.size() == 1 ? "" : "s", p.graph.size(), text_of(t, p.moving),
                  t.table.discovered ? "from the data" : "from " + t.options.table.graph);
  out.tables = {risk_table(t)};
  out.closing = fmt::format(
      "keep {} and {}: worst-case MSE {}, of ERM {}, of the target's mean {}\n{}\nshifts stay "
      "within "
      "the 0.5 to 99.5 % quantiles of what was seen",
      text_of(t, chosen.predictor.subset), text_of(t, p.moving), number_text(chosen.worst, 3),
      number_text(t.erm_worst, 3), number_text(t.variance, 3), verdict_text(t));
  for (const std::string& note : t.table.notes) out.closing += "\n" + note;
  const Plot plot = risk_plot(t);
  out.plots = {plot};
  out.json = json_of(t);
  Answers answers;
  if (!t.options.apply.empty()) answers = answers_for(t, t.options.apply);
  out.files = t.options.apply.empty()
                  ? "subsets.csv, predictor.json, graph.dot and pictures"
                  : "subsets.csv, predictions.csv, predictor.json, graph.dot and pictures";
  out.write = [t, plot, answers](const std::filesystem::path& folder) {
    const kernels::TransferProblem& of = t.table.problem;
    data::write_csv(folder / "subsets.csv", subset_table(t));
    write_json(folder / "predictor.json", predictor_json(t));
    write_file(folder / "graph.dot", kernels::to_dot(of.graph, of.outcome, of.moving));
    write_file(folder / "graph.svg",
               graph_svg(of.graph, of.outcome, of.moving, chosen_of(t).predictor.subset));
    write_file(folder / "risks.svg", to_svg(plot));
    if (!t.options.apply.empty())
      data::write_csv(folder / "predictions.csv", answer_table(answers, t.options.table.target));
  };
  return out;
}

}  // namespace offprint::tasks
