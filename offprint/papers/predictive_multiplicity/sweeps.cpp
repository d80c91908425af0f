#include "offprint/papers/predictive_multiplicity/sweeps.h"

#include <map>

#include "offprint/papers/predictive_multiplicity/tables.h"
#include "offprint/tasks/discrepancy.h"

namespace offprint::papers::predictive_multiplicity {
namespace {

constexpr double kDelta = 0.15, kL2 = 1e-3;

}  // namespace

std::vector<Sweep> run_sweeps(const Options& o, const Rng& rng, Progress& progress) {
  struct Plan {
    const char *id, *label;
    std::vector<double> levels;
    double Character::*field;
  };
  const std::vector<Plan> plans{
      {"outliers", "share of outliers", {0, 0.02, 0.04, 0.06, 0.08}, &Character::outliers},
      {"separability", "margin between the classes", {0.5, 1, 1.5, 2, 2.5}, &Character::margin},
      {"minority", "share of the minority", {0, 0.1, 0.2, 0.3, 0.4}, &Character::minority}};
  std::vector<Sweep> sweeps;
  for (const Plan& plan : plans) {
    Sweep sweep{plan.id, plan.label, {}, {}, {}, {}, {}};
    for (const double level : plan.levels)
      for (int64_t seed = 0; seed < o.seeds; ++seed) {
        Character c;
        c.*plan.field = level;
        const Cases cases =
            generate(c, o.sweep_rows, rng.split(plan.id).split(static_cast<uint64_t>(seed)));
        const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, kL2);
        // As the paper has it, in nats: relative to the best loss, an easy table would be allowed
        // less.
        const double slack = tasks::slack_of(base, o.epsilon, false);
        Progress silent;
        const auto ranges = tasks::viable_ranges(base, cases.X, slack, silent);
        progress.throw_if_stopped();
        const Tensor moves = tasks::greatest_moves(tasks::best_scores(base, cases.X), ranges);
        sweep.x.push_back(level), sweep.ambiguity.push_back(tasks::ambiguity(moves, kDelta));
        sweep.discrepancy.push_back(
            tasks::discrepancy_from_below(base, cases.X, ranges, slack, kDelta).lower);
      }
    sweep.slope = fit_slope(sweep.x, sweep.ambiguity, rng.split("interval"));
    sweep.discrepancy_slope = fit_slope(sweep.x, sweep.discrepancy, rng.split("interval"));
    sweeps.push_back(std::move(sweep));
  }
  return sweeps;
}

Figure sweep_figure(const std::vector<Sweep>& sweeps) {
  Plot plot;
  plot.title = "What drives multiplicity";
  plot.x_label = "level of the sweep, 1 to 5", plot.y_label = "people moved by 0.15 [%]";
  for (const Sweep& s : sweeps)
    for (const bool one_model : {false, true}) {
      Plot::Line line{.label = s.label + (one_model ? ", by one model" : "")};
      line.dashed = one_model;
      std::map<double, std::vector<double>> levels;
      const auto& shares = one_model ? s.discrepancy : s.ambiguity;
      for (size_t k = 0; k < s.x.size(); ++k) levels[s.x[k]].push_back(100 * shares[k]);
      for (const auto& [level, values] : levels) {
        line.x.push_back(static_cast<double>(line.x.size() + 1));
        line.y.push_back(mean(values));
      }
      plot.lines.push_back(std::move(line));
    }
  return {
      "Share of people whom near-optimal models move, as outliers, the margin between the "
      "classes and the share of a minority grow; means over seeds.",
      plot};
}

TextTable sweep_table(const std::vector<Sweep>& sweeps) {
  TextTable t{"What drives multiplicity", {"varied", "slope of ambiguity", "of discrepancy"}, {}};
  const auto text = [](const SlopeFit& f) {
    return fmt::format("{} [{}, {}]", number_text(f.slope.value, 3),
                       number_text(f.slope.interval.low, 3), number_text(f.slope.interval.high, 3));
  };
  for (const Sweep& s : sweeps)
    t.rows.push_back({s.label, text(s.slope), text(s.discrepancy_slope)});
  return t;
}

}  // namespace offprint::papers::predictive_multiplicity
