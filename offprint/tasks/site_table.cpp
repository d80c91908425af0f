#include "offprint/tasks/site_table.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/data/csv.h"
#include "offprint/data/dot_graph.h"
#include "offprint/kernels/causal_discovery.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kFewest = 50, kMostRows = 20'000;

using kernels::node;

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream stream(text);
  for (std::string name; std::getline(stream, name, ',');)
    if (const auto word = data::trimmed(name); !word.empty()) names.emplace_back(word);
  return names;
}

bool constant(const std::vector<double>& values) {
  std::optional<double> first;
  for (const double v : values) {
    if (std::isnan(v)) continue;
    if (first && *first != v) return false;
    first = v;
  }
  return true;
}

struct Reading {
  const data::Table& table;
  const SiteTableOptions& options;
  SiteTable out = {};
  std::optional<data::DotGraph> dot = {};

  void require_column(const std::string& name) const {
    const std::vector<double>& values = table.numbers(name);
    for (int64_t r = 0; r < table.rows; ++r)
      require(!std::isinf(values[static_cast<size_t>(r)]), "{}: infinite, expected a number",
              table.place(r, name));
    require(!constant(values), "{}: column '{}' has one value alone, expected it to vary{}",
            table.source, name, name == options.target ? "" : ", or left out of the graph");
  }

  std::vector<std::string> variables() {
    std::vector<std::string> names;
    if (dot) {
      for (const std::string& name : dot->nodes)
        if (name != options.environment) names.push_back(name);
      require(std::ranges::find(names, options.target) != names.end(),
              "{}: no variable '{}', expected the target in it", options.graph, options.target);
      return names;
    }
    std::vector<std::string> text, flat;
    for (const data::Column& c : table.columns) {
      if (c.name == options.environment) continue;
      if (c.name != options.target && c.kind != data::ColumnKind::number)
        text.push_back(c.name);
      else if (c.name != options.target && constant(c.numbers))
        flat.push_back(c.name);
      else
        names.push_back(c.name);
    }
    if (!text.empty())
      out.notes.push_back(fmt::format("left out, not of numbers: {}", fmt::join(text, ", ")));
    if (!flat.empty())
      out.notes.push_back(fmt::format("left out, one value alone: {}", fmt::join(flat, ", ")));
    require(names.size() >= 2, "{}: no column of numbers besides the target '{}'", table.source,
            options.target);
    return names;
  }

  void keep_complete_rows(const std::vector<std::string>& names) {
    const Tensor all = table.matrix(names).contiguous();
    std::vector<std::string> sites;
    if (!options.environment.empty()) sites = table.texts(options.environment);
    const auto cells = all.accessor<double, 2>();
    std::vector<int64_t> of;
    for (int64_t r = 0; r < all.size(0); ++r) {
      bool whole = sites.empty() || !sites[static_cast<size_t>(r)].empty();
      for (int64_t c = 0; c < all.size(1) && whole; ++c) whole = !std::isnan(cells[r][c]);
      if (whole) out.rows.push_back(r);
    }
    const auto complete = std::ssize(out.rows);
    if (complete < table.rows)
      out.notes.push_back(fmt::format("{} of {} rows have a value missing and are left out",
                                      table.rows - complete, table.rows));
    require(complete >= kFewest, "{}: {} complete rows, expected at least {}", table.source,
            complete, kFewest);
    if (complete > kMostRows) {
      std::vector<int64_t> some;
      for (int64_t k = 0; k < kMostRows; ++k)
        some.push_back(out.rows[static_cast<size_t>(k * complete / kMostRows)]);
      out.rows = std::move(some);
      out.notes.push_back(fmt::format("{} of {} rows are used, evenly", kMostRows, complete));
    }
    for (const int64_t r : out.rows) {
      const std::string site = sites.empty() ? "" : sites[static_cast<size_t>(r)];
      auto at = std::ranges::find(out.environments, site);
      if (at == out.environments.end()) at = out.environments.insert(out.environments.end(), site);
      of.push_back(at - out.environments.begin());
      require(out.environments.size() <= 1000,
              "{}: column '{}' has more than 1000 values, expected "
              "environments",
              table.source, options.environment);
    }
    out.data = all.index_select(0, at::tensor(out.rows)), out.environment = at::tensor(of);
    const Tensor spread = out.data.amax(0) - out.data.amin(0);
    for (size_t k = 0; k < names.size(); ++k)
      require(spread[static_cast<int64_t>(k)].item<double>() > 0,
              "{}: column '{}' has one value alone in the complete rows, expected it to vary",
              table.source, names[k]);
  }

  void take_graph(const std::vector<std::string>& names) {
    kernels::CausalGraph& g = out.problem.graph;
    g = kernels::unconnected(names);
    for (const auto& [from, to] : dot->edges) {
      require(to != options.environment,
              "{}: '{}' points to the environment, expected no cause of it", options.graph, from);
      if (from == options.environment)
        out.problem.moving |= node(g.find(to));
      else
        g.parents[static_cast<size_t>(g.find(to))] |= node(g.find(from));
    }
    kernels::causal_order(g);
  }

  void discover(const std::vector<std::string>& names) {
    const kernels::Discovery d = kernels::discover_graph(
        names, out.data, out.environment, std::ssize(out.environments), {.alpha = options.alpha});
    out.problem.graph = d.graph, out.undecided = d.undecided, out.discovered = true;
    out.problem.moving = d.moving & ~node(out.problem.outcome);
    if (kernels::has(d.moving, out.problem.outcome))
      out.notes.push_back(
          fmt::format("the mechanism of '{}' itself differs between environments, which no choice "
                      "of variables mends",
                      options.target));
    if (d.undecided != 0)
      out.notes.push_back(
          fmt::format("the data leaves the direction of arrows open at {}: --graph "
                      "can say it",
                      kernels::set_text(d.graph, d.undecided)));
  }

  void take_moving() {
    kernels::CausalGraph& g = out.problem.graph;
    if (options.moving.empty()) return;
    out.problem.moving = 0;
    for (const std::string& name : list_of(options.moving)) {
      table.column(name);
      require(name != options.target, "--mutable: '{}' is the target, expected other columns",
              name);
      require(g.find(name) >= 0, "--mutable: '{}' is no variable of the graph", name);
      out.problem.moving |= node(g.find(name));
    }
  }
};

}  // namespace

SiteTable read_site_table(const std::filesystem::path& path, const SiteTableOptions& o) {
  require(!o.target.empty(), "infer: --target is missing, expected a column of {}", path.string());
  require(o.alpha > 0 && o.alpha < 0.5, "--alpha: {}, expected above 0 and below 0.5", o.alpha);
  require(
      !o.environment.empty() || !o.moving.empty(),
      "infer: --environment is missing, expected the column that tells sites apart, or --mutable");
  const data::Table table = data::read_csv(path);
  if (!o.environment.empty()) table.column(o.environment);
  require(o.target != o.environment, "infer: --target and --environment are both '{}'", o.target);
  Reading r{table, o};
  r.require_column(o.target);
  r.out.source = path.string();
  if (!o.graph.empty()) r.dot = data::read_dot(o.graph);
  const std::vector<std::string> names = r.variables();
  for (const std::string& name : names) r.require_column(name);
  r.keep_complete_rows(names);
  require(!o.moving.empty() || r.dot || r.out.environments.size() >= 2,
          "{}: column '{}' has one value, expected two environments or more, or --mutable",
          r.out.source, o.environment);
  r.out.problem.outcome = static_cast<int>(std::ranges::find(names, o.target) - names.begin());
  r.dot ? r.take_graph(names) : r.discover(names);
  r.take_moving();
  require(r.out.problem.moving != 0,
          "{}: {}: nothing shifts, any regression will do (--mutable asks what if)", r.out.source,
          r.dot ? "no mutable variable in the graph, expected arrows from the environment"
                : fmt::format("no mechanism differs between the {} environments at level {}",
                              r.out.environments.size(), o.alpha));
  kernels::require_problem(r.out.problem);
  return r.out;
}

}  // namespace offprint::tasks
