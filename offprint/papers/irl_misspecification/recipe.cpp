#include "offprint/papers/irl_misspecification/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/clock.h"
#include "offprint/kernels/mdp_solve.h"
#include "offprint/papers/irl_misspecification/condition.h"
#include "offprint/papers/irl_misspecification/metric_checks.h"
#include "offprint/papers/irl_misspecification/recovery.h"
#include "offprint/papers/irl_misspecification/sensitivity.h"
#include "offprint/papers/irl_misspecification/witnesses.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::papers::irl_misspecification {
namespace {

using Bench = papers::Bench<Options>;

void measure_metric(Bench& b) {
  const MetricChecks c = check_metric(b.options.draws, b.rng.split("metric"), b.progress);
  const std::string spread = fmt::format("{} draws, both canonicalisations", b.options.draws);
  b.measured["same"] = {c.same, "", spread, ""};
  b.measured["opposite"] = {c.opposite, "", spread, ""};
  b.measured["triangle"] = {c.triangle, "", spread, ""};
  b.measured["canonicals"] = {static_cast<double>(c.disagreements), "",
                              fmt::format("{} pairs", 2 * b.options.draws), ""};
}

void measure_condition(Bench& b) {
  const ConditionCheck c =
      check_condition(b.options.condition_trials, b.rng.split("condition"), b.progress);
  b.measured["condition"] = {c.most_over, fmt::format("closest {:.1e}", c.closest),
                             fmt::format("{} moves", 3 * b.options.condition_trials), ""};
  b.measured["condition-sharp"] = {c.found, fmt::format("random direction {:.2f}", c.by_chance),
                                   fmt::format("{} trials", b.options.condition_trials), ""};
}

// How little of an ordinary policy has to change for its reward to be another: less than what a log
// of finite length can tell.
void show_attacks(Bench& b) {
  TextTable table{"Least change of a probability found that turns the reward by a distance, mce",
                  {"distance", "median change", "least", "most"},
                  {}};
  for (const double distance : {0.1, 0.5, 0.9}) {
    std::vector<double> change = least_changes(
        "mce", distance, std::min<int64_t>(50, b.options.witnesses), b.rng.split("attacks"));
    std::ranges::sort(change);
    table.rows.push_back(
        {fmt::format("{}", distance), fmt::format("{:.4f}", change[change.size() / 2]),
         fmt::format("{:.4f}", change.front()), fmt::format("{:.4f}", change.back())});
  }
  b.show(std::move(table));
}

void measure_witnesses(Bench& b) {
  const int64_t many = b.options.witnesses;
  const std::string spread = fmt::format("{} processes, mce and boltzmann", many);
  b.progress.start("witnesses");
  const PairCheck discount = wrong_discount(0.91, 0.90, many, b.rng.split("discount"));
  b.measured["discount"] = {discount.least_distance, "", spread, ""};
  b.measured["discount-policy"] = {discount.policy_difference, "", spread, ""};
  b.progress.throw_if_stopped();
  const PairCheck transition = wrong_transition(0.05, many, b.rng.split("transition"));
  b.measured["transition"] = {transition.least_distance, "", spread, ""};
  b.measured["transition-policy"] = {transition.policy_difference, "", spread, ""};
  b.progress.throw_if_stopped();
  double least = 1;
  for (const double change : {1e-3, 1e-6, 1e-9})
    least = std::min(least, perturbed(change, many, b.rng.split("perturbed")));
  b.measured["perturbation"] = {least, "", spread, ""};
  b.measured["temperature"] = {wrong_temperature(many, b.rng.split("temperature")), "", spread, ""};
  b.show(discount_witness(0.91, 0.90));
  b.show(transition_witness(0.9, 0.85));
  show_attacks(b);
  const std::vector<double> cone =
      optimal_ambiguity(std::min<int64_t>(100, many), b.rng.split("optimal"));
  b.note(fmt::format(
      "Somebody held to be optimal: of all rewards with the same best actions the furthest is at "
      "distance {:.2f} on average ({} random processes of 6 states and 3 actions), with nothing "
      "misspecified.",
      mean(cone), cone.size()));
}

void measure_recovery(Bench& b) {
  Plot plot{.title = "Rewards from logs",
            .x_label = "trajectories of 100 steps",
            .y_label = "distance to the true reward"};
  plot.log_x = plot.log_y = true;
  double furthest = 0, off = 0;
  std::string slopes;
  for (const char* model : {"mce", "boltzmann"}) {
    furthest = std::max(furthest, exact_recovery(model, b.options.recovery_processes,
                                                 b.rng.split("exact").split(model)));
    const Consistency c =
        sampled_recovery(model, b.options.recovery_processes, b.options.recovery_seeds,
                         b.rng.split("sampled").split(model), b.progress);
    const SlopeFit fit = fit_exponent(c.trajectories, c.distance, b.rng.split("slope"));
    off = std::max(off, std::abs(fit.slope.value + 0.5));
    slopes += fmt::format("{}{} {:.3f} [{:.3f}, {:.3f}]", slopes.empty() ? "" : ", ", model,
                          fit.slope.value, fit.slope.interval.low, fit.slope.interval.high);
    plot.lines.push_back({.label = model, .x = c.trajectories, .y = c.distance});
  }
  b.measured["recovery"] = {
      furthest, "", fmt::format("{} processes, both models", b.options.recovery_processes), ""};
  b.measured["consistency"] = {off, "", "exponents " + slopes, ""};
  b.draw(
      {"Straight lines of slope -1/2 on both axes: where the model is right, more data is all "
       "it takes.",
       plot});
}

void measure_sensitivity(Bench& b) {
  const Rng rng = b.rng.split("sensitivity");
  const std::vector<Setting> all = settings(b.options.processes, b.options.states, rng);
  TextTable table{fmt::format("Distance of the reward inferred (mce), median of {} processes and "
                              "the middle 80 %; discount 0.9 assumed",
                              b.options.processes),
                  {"deviation", "amount", "random", "gridworld", "chain"},
                  {}};
  b.progress.start("error curves", std::ssize(curves()));
  for (size_t k = 0; k < curves().size(); ++k) {
    const Curve& curve = curves()[k];
    const worlds::Deviation& deviation = worlds::find_deviation(curve.deviation);
    Plot plot{.title = fmt::format("Somebody who {}", deviation.what),
              .x_label = std::string(deviation.amount),
              .y_label = "distance of the reward"};
    for (const Setting& s : all) plot.lines.push_back({.label = s.name});
    const bool has_worst = curve.deviation == "discount" || curve.deviation == "transition";
    if (has_worst) plot.lines.push_back({.label = "random, worst reward", .dashed = true});
    for (const double amount : curve.amounts) {
      std::vector<std::string> row = {curve.deviation, fmt::format("{}", amount)};
      for (size_t i = 0; i < all.size(); ++i) {
        const Spread spread = sensitivity(all[i], "mce", curve.deviation, amount, rng);
        Plot::Line& line = plot.lines[i];
        line.x.push_back(amount), line.y.push_back(spread.median);
        line.low.push_back(spread.low), line.high.push_back(spread.high);
        row.push_back(
            fmt::format("{:.3f} ({:.3f} to {:.3f})", spread.median, spread.low, spread.high));
      }
      if (has_worst) {
        plot.lines.back().x.push_back(amount);
        plot.lines.back().y.push_back(
            worst_sensitivity(all[0], curve.deviation, amount, rng).median);
      }
      // The plots have all; the table the mildest, a middling and the strongest.
      if (amount == curve.amounts.front() || amount == curve.amounts.back() ||
          amount == curve.amounts[curve.amounts.size() / 2])
        table.rows.push_back(std::move(row));
      b.progress.throw_if_stopped();
    }
    if (curve.amounts.size() > 4)
      b.draw({has_worst
                  ? "Solid: the reward read off such behaviour, against the true one. Dashed: the "
                    "furthest reward for which such a person would do what is seen, the theorem's "
                    "worst case, which is near 1 however small the difference."
                  : "Median over the processes; bands are the middle 80 %.",
              plot});
    b.progress.at(static_cast<int64_t>(k) + 1);
  }
  b.show(std::move(table));
}

void measure_speed(Bench& b) {
  b.progress.start("timing");
  constexpr double kTolerance = 1e-8;
  auto w = worlds::garnets(b.options.speed_processes,
                           {.states = 100, .actions = 4, .branching = 20, .discount = 0.95},
                           b.rng.split("speed"));
  const kernels::DecisionBatch mdp{w.transition, kernels::expected_reward(w.transition, w.reward),
                                   w.discount};
  double ours = INFINITY, sweeps = INFINITY;
  for (int64_t repeat = 0; repeat < b.options.speed_repeats; ++repeat) {
    const Stopwatch first;
    kernels::solve_optimal(mdp, {.tolerance = kTolerance / 100});
    ours = std::min(ours, first.seconds());
    const Stopwatch second;
    kernels::sweep_values(mdp, {}, kTolerance);
    sweeps = std::min(sweeps, second.seconds());
    b.progress.throw_if_stopped();
  }
  const auto rate = [&](double seconds) {
    return static_cast<double>(b.options.speed_processes) / seconds;
  };
  b.measured["solver"] = {
      sweeps / ours, fmt::format("{:.0f} processes/s against {:.0f}", rate(ours), rate(sweeps)),
      fmt::format("least of {} repeats", b.options.speed_repeats), ""};
}

void measure(Bench& b) {
  measure_metric(b);
  measure_condition(b);
  measure_witnesses(b);
  measure_recovery(b);
  measure_sensitivity(b);
  measure_speed(b);
}

void note_scale(Bench& b) {
  b.note(
      "Distances are STARC with value-adjusted levelling by the uniform policy and half the L2 "
      "norm, under the true transition and the discount held. The paper is of theorems; the error "
      "curves are new.");
  b.note("numpy is timed by ./bench mdp; the run times tensor operations over the same batch.");
}

void check(const Options& o) { require_positive(o); }

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.witnesses = 1000, o.recovery_processes = 50, o.recovery_seeds = 8;
  o.processes = 1000, o.speed_processes = 1000;
  if (scale == Scale::full) o.draws = 100'000, o.condition_trials = 100'000, o.states = 50;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>(
      {"irl-misspecification", options_for, check, claims, measure, note_scale}, request, progress);
}

}  // namespace offprint::papers::irl_misspecification
