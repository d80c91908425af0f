#include "offprint/papers/predictive_multiplicity/recipe.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/kernels/mixed_integer.h"
#include "offprint/papers/predictive_multiplicity/checks.h"
#include "offprint/papers/predictive_multiplicity/sweeps.h"
#include "offprint/papers/predictive_multiplicity/tables.h"
#include "offprint/tasks/discrepancy.h"

namespace offprint::papers::predictive_multiplicity {
namespace {

std::string percent(double share) { return number_text(100 * share, 3); }

// What the real tables have told so far, for the claims over all of them.
struct Told {
  double widest_proof = 0, least_difference = 1;
  std::string proof_of, difference_of;
  bool any = false;
};

void draw_table(Bench& b, const Cases& cases, const tasks::NearOptimal& base) {
  Plot plot;
  plot.title = "Ambiguity and discrepancy of " + cases.name;
  plot.x_label = "epsilon, of the best loss [%]", plot.y_label = "share of people [%]";
  const Tensor best = tasks::best_scores(base, cases.X);
  std::vector<Plot::Line> lines;
  for (const double delta : {0.1, 0.2})
    for (const char* what : {"some model", "one model"}) {
      lines.push_back({.label = fmt::format("moved by {} by {}", delta, what)});
      lines.back().dashed = lines.size() % 2 == 0;
    }
  for (const double epsilon : {0.0, 0.0025, 0.005, 0.01, 0.02, 0.04}) {
    const double slack = tasks::slack_of(base, epsilon, true);
    const auto r = tasks::viable_ranges(base, cases.X, slack, b.progress);
    const Tensor moves = tasks::greatest_moves(best, r);
    size_t k = 0;
    for (const double delta : {0.1, 0.2}) {
      const double a = tasks::ambiguity(moves, delta);
      const double d = tasks::discrepancy_from_below(base, cases.X, r, slack, delta).lower;
      for (const double share : {a, d}) {
        lines[k].x.push_back(100 * epsilon), lines[k].y.push_back(100 * share);
        ++k;
      }
    }
  }
  plot.lines = lines;
  b.draw(
      {"People whom some near-optimal model moves, and the most that a single one was found to "
       "move, as models may be worse: both grow, the first much faster.",
       plot});
}

void measure_table(Bench& b, const Cases& whole, TextTable& table, Told& told) {
  const Cases cases = sample_rows(whole, b.options.table_people, b.rng.split(whole.name));
  const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, 1e-3);
  const double slack = tasks::slack_of(base, b.options.epsilon, true);
  const auto r = tasks::viable_ranges(base, cases.X, slack, b.progress);
  const Tensor moves = tasks::greatest_moves(tasks::best_scores(base, cases.X), r);
  for (const double delta : {0.1, 0.2, 0.3}) {
    const tasks::Share a = tasks::bootstrap_ambiguity(moves, delta, b.rng.split("bootstrap"));
    tasks::Discrepancy d = tasks::discrepancy_from_below(base, cases.X, r, slack, delta);
    if (kernels::has_mixed_integer())
      d = tasks::discrepancy(base, cases.X, r, slack, delta, {.seconds = b.options.seconds},
                             b.progress);
    const double gap = d.upper > 0 ? (d.upper - d.lower) / d.upper : 0;
    table.rows.push_back(
        {fmt::format("{}, {} x {}", cases.name, cases.X.size(0), cases.X.size(1)),
         number_text(delta, 2),
         fmt::format("{} [{}, {}]", percent(a.value), percent(a.low), percent(a.high)),
         fmt::format("{} to {}", percent(d.lower), percent(d.upper)), fmt::format("{}", d.binaries),
         fmt::format("{}", d.nodes)});
    const std::string of = fmt::format("{}, delta {}", cases.name, delta);
    if (gap >= told.widest_proof) told.widest_proof = gap, told.proof_of = of;
    if (a.value - d.lower <= told.least_difference)
      told.least_difference = a.value - d.lower, told.difference_of = of;
    if (whole.name == "compas" && delta == 0.1)
      b.measured["wide"] = {100 * a.value, "",
                            fmt::format("95 % interval [{}, {}] over {} people", percent(a.low),
                                        percent(a.high), cases.X.size(0)),
                            ""};
  }
  told.any = true;
  draw_table(b, cases, base);
}

void measure_tables(Bench& b) {
  TextTable table{"Real tables at the recipe's epsilon",
                  {"table", "delta", "ambiguity [%]", "discrepancy [%]", "binaries", "nodes"},
                  {}};
  Told told;
  if (const auto cases = tumours(b.request.data))
    measure_table(b, *cases, table, told);
  else
    b.note("breast-cancer is not here: ./start installs the package that ships it");
  if (const auto cases = defendants(b.request.data))
    measure_table(b, *cases, table, told);
  else
    b.note("compas is not here: offprint data get compas");
  if (!told.any) return;
  b.show(table);
  if (kernels::has_mixed_integer())
    b.measured["proof"] = {
        100 * told.widest_proof, "",
        fmt::format("{}; {} s a proof", told.proof_of, number_text(b.options.seconds, 3)),
        "the relaxation is weak where a tenth of the people or more can be moved: "
        "limits from viable ranges, raising columns one by one and pseudo-costs "
        "narrow the bounds, but do not close them"};
  b.measured["ambiguity-over-discrepancy"] = {100 * told.least_difference, "", told.difference_of,
                                              ""};
}

void measure(Bench& b) {
  check_ranges(b);
  measure_speed(b);
  check_monotone(b);
  const std::vector<Sweep> sweeps = run_sweeps(b.options, b.rng.split("sweeps"), b.progress);
  for (const Sweep& s : sweeps)
    b.measured[s.id] = {s.slope.slope.interval.low,
                        fmt::format("slope {}", number_text(s.slope.slope.value, 3)),
                        spread_text(s.slope.slope, "point"), ""};
  b.show(sweep_table(sweeps));
  b.draw(sweep_figure(sweeps));
  check_discrepancy(b);
  measure_tables(b);
}

void note_scale(Bench& b) {
  b.note(
      fmt::format("Real tables: at most {} people of each. Near-optimal: the penalised objective "
                  "within {} % of its best, ridge 0.001, intercept free.",
                  b.options.table_people, number_text(100 * b.options.epsilon, 3)));
}

void check(const Options& o) {
  require_positive(o);
  require(o.sweep_rows >= 20, "--sweep-rows: {}, expected at least 20", o.sweep_rows);
  require(o.table_people >= 50, "--table-people: {}, expected at least 50", o.table_people);
  require(o.epsilon > 0 && o.epsilon <= 1, "--epsilon: {}, expected one in (0, 1]", o.epsilon);
  require(o.seconds > 0, "--seconds: {}, expected a number > 0", o.seconds);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.people = 200, o.small_tables = 8, o.scale_people = 1000;
  o.table_people = 1000, o.seconds = 45;
  o.sweep_rows = 500;
  if (scale == Scale::full) o.scale_people = 10'000, o.seconds = 300;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>(
      {"predictive-multiplicity", options_for, check, claims, measure, note_scale}, request,
      progress);
}

}  // namespace offprint::papers::predictive_multiplicity
