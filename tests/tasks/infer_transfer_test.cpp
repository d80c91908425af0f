// `infer --method causal-minimax`: on tables of sites, and on tables that cannot be used.
#include "offprint/tasks/infer_transfer.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/graph_picture.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

std::filesystem::path file_of(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("offprint_transfer_" + name);
  write_file(path, text);
  return path;
}

// age -> risk -> lab, whose strength is the site's; risk -> pain.
std::string sites_text(int64_t rows) {
  Rng rng(4);
  std::string text = "site,name,age,risk,lab,pain,fixed\n";
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t site = r % 3;
    const double age = rng.normal(), risk = age + rng.normal();
    const double lab = (1 + static_cast<double>(site)) * risk + 0.3 * rng.normal();
    text += fmt::format("{},p{},{:.4f},{:.4f},{:.4f},{:.4f},1\n", "abc"[site], r, age, risk, lab,
                        risk + rng.normal());
  }
  return text;
}

const char* kGraph = "digraph { age -> risk -> lab; risk -> pain; site -> lab }";

TransferOptions quick(const std::string& graph = "") {
  TransferOptions o;
  o.table.target = "risk", o.table.environment = "site", o.table.graph = graph;
  o.shift_starts = 3, o.shift_steps = 30;
  return o;
}

InferredTransfer run(const std::filesystem::path& path, const TransferOptions& o) {
  Progress progress;
  return infer_transfer(path, o, 1, progress);
}

std::string error_of(const std::filesystem::path& path, const TransferOptions& o) {
  try {
    run(path, o);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("transfer: a graph given, its mutable column known by the environment's arrow") {
  const auto path = file_of("sites.csv", sites_text(900));
  const auto graph = file_of("g.dot", kGraph);
  TransferOptions o = quick(graph.string());
  o.apply = path.string();
  const InferredTransfer t = run(path, o);
  const kernels::CausalGraph& g = t.table.problem.graph;
  CHECK(t.table.problem.moving == kernels::node(g.find("lab")));
  CHECK(t.search.verdict.guaranteed());
  CHECK(t.search.risks[t.search.chosen].predictor.subset ==
        (kernels::node(g.find("age")) | kernels::node(g.find("pain"))));
  // age and pain tell of risk: 1 / (1 + 1) of its noise is left.
  CHECK(t.search.risks[t.search.chosen].ordinary == doctest::Approx(0.5).epsilon(0.15));
  CHECK(t.erm_ordinary < 0.6 * t.search.risks[t.search.chosen].ordinary);
  CHECK(t.erm_worst > 2 * t.search.risks[t.search.chosen].worst);

  const Outcome out = transfer_outcome(t);
  const auto folder = std::filesystem::temp_directory_path() / "offprint_transfer_out";
  make_folder(folder);
  out.write(folder);
  const data::Table answers = data::read_csv(folder / "predictions.csv");
  CHECK(answers.rows == 900);
  CHECK(answers.numbers("line")[0] == 2);
  // The predictor's file says the same as the program.
  const Json f = parse_json(read_file(folder / "predictor.json"), "predictor.json");
  const data::Table table = data::read_csv(path);
  double y = f["intercept"];
  std::vector<double> phi;
  const size_t inputs = f["inputs"].size();
  for (size_t d = 0; d < inputs; ++d)
    phi.push_back(
        (table.numbers(f["inputs"][d].get<std::string>())[7] - f["centre"][d].get<double>()) /
        f["scale"][d].get<double>());
  for (size_t h = 0; h < f["bias"].size(); ++h) {
    double sum = f["bias"][h];
    for (size_t d = 0; d < inputs; ++d) sum += phi[d] * f["weight"][d][h].get<double>();
    phi.push_back(std::tanh(sum));
  }
  for (size_t k = 0; k < phi.size(); ++k)
    y += (phi[k] - f["mean"][k].get<double>()) * f["beta"][k].get<double>();
  CHECK(answers.numbers("risk")[7] == doctest::Approx(y));
  CHECK(read_file(folder / "graph.svg").find("Arrows: age to risk, risk to lab, risk to pain") !=
        std::string::npos);
  CHECK(out.json["whole_set_guaranteed"] == true);
}

TEST_CASE(
    "transfer: the graph read off the data finds the mutable column, notes what is left out") {
  const auto path = file_of("sites.csv", sites_text(1500));
  const InferredTransfer t = run(path, quick());
  CHECK(t.table.discovered);
  CHECK(t.table.problem.moving == kernels::node(t.table.problem.graph.find("lab")));
  REQUIRE(t.table.notes.size() >= 2);
  CHECK(t.table.notes[0] == "left out, not of numbers: name");
  CHECK(t.table.notes[1] == "left out, one value alone: fixed");
}

TEST_CASE("transfer: rows with holes are left out, one site will do where the rest is said") {
  std::string text = "risk,lab,pain\n";
  Rng rng(5);
  for (int r = 0; r < 120; ++r) {
    const double risk = rng.normal();
    text += fmt::format("{:.3f},{},{:.3f}\n", risk,
                        r % 10 == 0 ? "NA" : fmt::format("{:.3f}", risk + rng.normal()),
                        risk + rng.normal());
  }
  const auto path = file_of("holes.csv", text);
  TransferOptions o = quick();
  o.table.environment = "", o.table.moving = "lab";
  const InferredTransfer t = run(path, o);
  CHECK(t.table.data.size(0) == 108);
  CHECK(t.table.notes.front() == "12 of 120 rows have a value missing and are left out");
}

TEST_CASE("transfer: what cannot be used is one line") {
  const auto path = file_of("sites.csv", sites_text(200));
  const std::string csv = path.string();
  const auto graph = [](const std::string& text) {
    return quick(file_of("bad.dot", text).string());
  };
  TransferOptions o = quick();
  o.table.target = "";
  CHECK(error_of(path, o) == "infer: --target is missing, expected a column of " + csv);
  o.table.target = "rsik";
  CHECK(error_of(path, o) == csv + ": no column 'rsik', did you mean 'risk'?");
  o.table.target = "name";
  CHECK(error_of(path, o).find("column 'name': 'p0' is no number") != std::string::npos);
  o.table.target = "fixed";
  CHECK(error_of(path, o) == csv + ": column 'fixed' has one value alone, expected it to vary");
  o = quick(), o.table.environment = "ward";
  CHECK(error_of(path, o).starts_with(csv + ": no column 'ward'"));
  o.table.environment = "fixed";
  CHECK(error_of(path, o) ==
        csv + ": column 'fixed' has one value, expected two environments or more, or --mutable");
  o.table.environment = "";
  CHECK(
      error_of(path, o) ==
      "infer: --environment is missing, expected the column that tells sites apart, or --mutable");
  o = quick(), o.table.moving = "lab, risk";
  CHECK(error_of(path, o) == "--mutable: 'risk' is the target, expected other columns");
  o.table.moving = "labb";
  CHECK(error_of(path, o) == csv + ": no column 'labb', did you mean 'lab'?");
  CHECK(error_of(path, graph("digraph { age -> risk -> age; site -> age }")).find("is a circle") !=
        std::string::npos);
  CHECK(error_of(path, graph("digraph { age -> risk -> weight; site -> age }")) ==
        csv + ": no column 'weight', expected one of site, name, age, risk, lab, pain, fixed");
  CHECK(error_of(path, graph("digraph { age -> lab; site -> lab }"))
            .ends_with("bad.dot: no variable 'risk', expected the target in it"));
  CHECK(error_of(path, graph("digraph { age -> risk; fixed -> risk; site -> age }")) ==
        csv +
            ": column 'fixed' has one value alone, expected it to vary, or left out of the graph");
  CHECK(error_of(path, graph("digraph { age -> risk }")) ==
        csv +
            ": no mutable variable in the graph, expected arrows from the environment: nothing "
            "shifts, any regression will do (--mutable asks what if)");
  CHECK(error_of(path, graph("digraph { age -> site; age -> risk }"))
            .ends_with("bad.dot: 'age' points to the environment, expected no cause of it"));
  CHECK(error_of(path, graph("digraph { site -> risk; age -> risk }"))
            .find("'risk' is mutable, expected it stable") != std::string::npos);
  const auto few = file_of("few.csv", sites_text(40));
  CHECK(error_of(few, quick()) == few.string() + ": 40 complete rows, expected at least 50");
  o = quick(), o.shift_steps = 0;
  CHECK(error_of(path, o) == "--shift-steps: 0, expected a positive number");
  CHECK(error_of(file_of("none.csv", ""), quick()).find("none.csv") != std::string::npos);
}

TEST_CASE("graph pictures: every name and arrow is in it, and text is escaped") {
  kernels::CausalGraph g = kernels::unconnected({"a<b", "y", "a name that is far too long"});
  g.parents[1] = kernels::node(0), g.parents[2] = kernels::node(0) | kernels::node(1);
  const std::string svg = graph_svg(g, 1, kernels::node(2), kernels::node(0));
  CHECK(svg.find("a&lt;b</text>") != std::string::npos);
  CHECK(svg.find("a name that i…</text>") != std::string::npos);
  size_t edges = 0;
  for (size_t at = svg.find("class=\"edge\""); at != svg.npos;
       at = svg.find("class=\"edge\"", at + 1))
    ++edges;
  CHECK(edges == 3);
  CHECK(svg.find("class=\"box moving\"") != std::string::npos);
}
