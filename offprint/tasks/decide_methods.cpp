#include "offprint/tasks/decide_methods.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/switching_costs.h"

namespace offprint::tasks {
namespace {

using worlds::LossSequence;

// Losses of a table in [0,1], by name of their columns.
LossSequence read_losses(const std::filesystem::path& path, std::vector<std::string>& actions) {
  const data::Table table = data::read_csv(path);
  for (const data::Column& column : table.columns)
    if (column.kind != data::ColumnKind::time) actions.push_back(column.name);
  require(actions.size() >= 2, "{}: {} columns of losses, expected at least 2", path.string(),
          actions.size());
  for (const std::string& name : actions) {
    const std::vector<double>& values = table.numbers(name);
    for (int64_t r = 0; r < table.rows; ++r) {
      const double value = values[static_cast<size_t>(r)];
      require(value >= 0 && value <= 1, "{}: a loss of {}, expected 0 to 1", table.place(r, name),
              std::isnan(value) ? std::string("nothing") : number_text(value));
    }
  }
  return worlds::table_losses(table.matrix(actions), path.string());
}

struct Line {  // means over runs
  std::string method;
  int64_t observations = 0;
  double regret = 0, error = 0, switches = 0;  // the regret counts a change's cost
};

Line played(const LossSequence& losses, const SwitchingPlan& plan, double cost, int64_t runs,
            const Rng& rng) {
  const std::vector<double> totals = losses.totals();
  const double least = *std::ranges::min_element(totals);
  Line line{plan.learner.method, plan.observations};
  double square = 0;
  for (int64_t i = 0; i < runs; ++i) {
    const SwitchingPlay p = play(losses, plan.learner, rng.split(static_cast<uint64_t>(i)));
    const double regret = p.loss + cost * static_cast<double>(p.switches) - least;
    line.regret += regret, square += regret * regret;
    line.switches += static_cast<double>(p.switches);
  }
  const auto n = static_cast<double>(runs);
  line.regret /= n, line.switches /= n;
  line.error = std::sqrt(std::max(square / n - line.regret * line.regret, 0.0) / n);
  return line;
}

// Which of the three options has the least mean regret with `budget` observations.
Line best_of(const LossSequence& losses, int64_t budget, const DecideOptions& o, const Rng& rng) {
  Line best;
  for (const char* method : {"one-slot", "full-slot", "one-arm"}) {
    if (method == std::string("full-slot") && budget < losses.arms) continue;
    const SwitchingPlan plan = plan_for(method, losses.rounds, losses.arms, budget, o.switch_cost);
    const Line line = played(losses, plan, o.switch_cost, o.runs, rng);
    if (best.method.empty() || line.regret < best.regret) best = line;
  }
  return best;
}

void check(const DecideOptions& o) {
  require(o.budget >= 0 && o.more >= 1 && o.runs >= 2,
          "--budget, --more, --runs: {}, {} and {}, expected >= 0, >= 1 and >= 2", o.budget, o.more,
          o.runs);
  require(std::isfinite(o.switch_cost) && o.switch_cost >= 0, "--switch-cost: {}, expected >= 0",
          o.switch_cost);
}

struct Study {
  std::vector<Line> lines;      // every learner with the budget
  std::vector<Line> by_budget;  // the best with each budget
  std::vector<double> budgets;
  Line now, more;
};

Study study(const LossSequence& losses, int64_t budget, const DecideOptions& o, const Rng& rng,
            Progress& progress) {
  const int64_t cells = losses.rounds * losses.arms;
  Study out;
  progress.start("learners", std::ssize(switching_methods()));
  for (const SwitchingMethod& method : switching_methods()) {
    const SwitchingPlan plan =
        plan_for(std::string(method.name), losses.rounds, losses.arms, budget, o.switch_cost);
    out.lines.push_back(played(losses, plan, o.switch_cost, o.runs, rng));
    progress.at(std::ssize(out.lines));
    progress.throw_if_stopped();
  }
  progress.start("budgets");
  for (double at = static_cast<double>(losses.arms); at <= static_cast<double>(cells); at *= 2) {
    out.by_budget.push_back(best_of(losses, static_cast<int64_t>(at), o, rng));
    out.budgets.push_back(at);
    progress.throw_if_stopped();
  }
  out.now = best_of(losses, budget, o, rng);
  out.more = best_of(losses, std::min(cells, budget + o.more), o, rng);
  return out;
}

Outcome switching_costs(const DecideRequest& request, Progress& progress) {
  DecideOptions o = request.options;
  check(o);
  require(!request.data.empty(),
          "decide: --data is missing, expected a table (CSV): a row a round, a column an action");
  std::vector<std::string> actions;
  const LossSequence losses = read_losses(request.data, actions);
  const int64_t cells = losses.rounds * losses.arms;
  const int64_t budget = o.budget > 0 ? o.budget : std::max<int64_t>(cells / 10, losses.arms);
  require(budget <= cells, "--budget: {}, expected at most {}, the cells of {}", budget, cells,
          request.data.string());
  const Study s = study(losses, budget, o, Rng(request.seed).split("decide"), progress);
  const std::vector<double> totals = losses.totals();
  const int64_t best = std::ranges::min_element(totals) - totals.begin();

  Outcome out;
  out.heading = fmt::format(
      "{} rounds of {} actions, a change costs {}; best in hindsight '{}', mean loss {}",
      losses.rounds, losses.arms, number_text(o.switch_cost), actions[static_cast<size_t>(best)],
      number_text(totals[static_cast<size_t>(best)] / static_cast<double>(losses.rounds)));
  TextTable table{fmt::format("Learners; the first three may see {} losses", budget),
                  {"learner", "sees", "regret", "±", "changes"},
                  {}};
  Json rows = Json::array();
  for (const Line& line : s.lines) {
    table.rows.push_back({line.method, fmt::format("{}", line.observations),
                          number_text(line.regret), number_text(2 * line.error, 2),
                          number_text(line.switches, 3)});
    rows.push_back({{"learner", line.method},
                    {"observations", line.observations},
                    {"regret", line.regret},
                    {"standard_error", line.error},
                    {"changes", line.switches}});
  }
  out.tables = {table};
  const double gain = s.now.regret - s.more.regret;
  const bool sure = std::abs(gain) > 2 * std::hypot(s.now.error, s.more.error);
  out.closing =
      fmt::format("with {} observations: {}, regret {}; with {} more: {}, regret {}: {}", budget,
                  s.now.method, number_text(s.now.regret), std::min(o.more, cells - budget),
                  s.more.method, number_text(s.more.regret),
                  sure ? fmt::format("they {} {} of loss", gain > 0 ? "save" : "cost",
                                     number_text(std::abs(gain), 3))
                       : "no difference beyond chance");
  Plot plot{.title = "What observations buy",
            .x_label = "observations",
            .y_label = "regret, changes paid",
            .log_x = true};
  Plot::Line line{.label = "best of the three ways to spend them", .x = s.budgets};
  for (const Line& at : s.by_budget) {
    line.y.push_back(at.regret);
    line.low.push_back(at.regret - 2 * at.error), line.high.push_back(at.regret + 2 * at.error);
  }
  plot.lines = {line};
  plot.marks = {{.label = "budget", .value = static_cast<double>(budget), .vertical = true}};
  out.plots = {plot};
  out.json = {{"rounds", losses.rounds},
              {"actions", losses.arms},
              {"best", actions[static_cast<size_t>(best)]},
              {"budget", budget},
              {"learners", rows},
              {"advice", out.closing}};
  out.files = "learners.csv and a plot";
  out.write = [table, plot, s](const std::filesystem::path& folder) {
    data::Table csv;
    csv.rows = std::ssize(s.lines);
    data::Column name{.name = "learner", .kind = data::ColumnKind::text};
    data::Column seen{.name = "observations"}, regret{.name = "regret"}, changes{.name = "changes"};
    for (const Line& at : s.lines) {
      name.texts.push_back(at.method), seen.numbers.push_back(static_cast<double>(at.observations));
      regret.numbers.push_back(at.regret), changes.numbers.push_back(at.switches);
    }
    csv.columns = {name, seen, regret, changes};
    data::write_csv(folder / "learners.csv", csv);
    write_file(folder / "budget.svg", to_svg(plot));
  };
  return out;
}

constexpr auto kMethods = std::to_array<DecideMethod>({
    {"switching-costs", "which losses to look at where a change of action costs, and what more buy",
     "switching-costs", switching_costs},
});

}  // namespace

std::span<const DecideMethod> decide_methods() { return kMethods; }

Outcome decide(const DecideRequest& request, Progress& progress) {
  return run_method("decide", decide_methods(), request, progress);
}

}  // namespace offprint::tasks
