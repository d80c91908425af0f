#include "offprint/papers/switching_costs/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/table.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"
#include "offprint/papers/switching_costs/hard_plays.h"

namespace offprint::papers::switching_costs {
namespace {

using Bench = papers::Bench<Options>;
using tasks::SwitchingLearner;
using tasks::SwitchingPlan;

constexpr int64_t kArms = 2;

SlopeFit slope_of(const std::vector<Point>& points, const Rng& rng) {
  std::vector<double> x, y;
  for (const Point& p : points) x.push_back(p.x), y.push_back(p.regret);
  return fit_exponent(x, y, rng);
}

Plot::Line line_of(const std::string& label, const std::vector<Point>& points) {
  Plot::Line line{.label = label};
  for (const Point& p : points) {
    line.x.push_back(p.x), line.y.push_back(p.regret);
    line.low.push_back(p.regret - 2 * p.error), line.high.push_back(p.regret + 2 * p.error);
  }
  return line;
}

// The distance of an exponent from what the theory says.
Measurement off(const SlopeFit& fit, double law) {
  return {std::abs(fit.slope.value - law), "",
          fmt::format("slope {:.3f}, {}", fit.slope.value, spread_text(fit.slope, "point")), ""};
}

void judge_plays(Bench& b, const std::vector<Point>& points, double& most_switches,
                 int64_t& clipped) {
  for (const Point& p : points) {
    if (p.learner.method != "one-slot")
      most_switches = std::max(most_switches, p.switches / p.switch_bound);
    clipped += p.clipped;
  }
  b.progress.throw_if_stopped();
}

struct Tally {
  double most_switches = 0;
  int64_t clipped = 0, over_budget = 0;
};

void over_rounds(Bench& b, Tally& tally) {
  b.progress.start("regret over rounds");
  std::vector<Point> bandit, full;
  for (int64_t log_rounds = 9; log_rounds <= b.options.most_log_rounds; log_rounds += 3) {
    const int64_t rounds = int64_t{1} << log_rounds;
    const Rng rng = b.rng.split("rounds").split(static_cast<uint64_t>(log_rounds));
    const auto add = [&](std::vector<Point>& to, const SwitchingLearner& learner) {
      to.push_back(worst_play(log_rounds, kArms, learner, b.options.repetitions, rng));
      to.back().x = static_cast<double>(rounds);
    };
    add(bandit, in_powers(tasks::plan_for("one-slot", rounds, kArms, rounds, 1), log_rounds));
    SwitchingLearner dartboard = tasks::plan_for("dartboard", rounds, kArms, 0, 1).learner;
    dartboard.method = "full-slot", dartboard.batches = rounds;
    add(full, dartboard);
    b.progress.throw_if_stopped();
  }
  judge_plays(b, bandit, tally.most_switches, tally.clipped);
  judge_plays(b, full, tally.most_switches, tally.clipped);
  b.measured["bandit-slope"] = off(slope_of(bandit, b.rng.split("fit")), 2.0 / 3);
  b.measured["full-slope"] = off(slope_of(full, b.rng.split("fit")), 0.5);
  Plot plot{.title = "Regret, switches counted, over rounds",
            .x_label = "rounds T",
            .y_label = "regret",
            .log_x = true,
            .log_y = true};
  plot.lines = {line_of("bandit feedback", bandit), line_of("all losses seen, dartboard", full)};
  const auto law = [&](const char* label, const std::vector<Point>& from, double exponent) {
    Plot::Line line{.label = label, .dashed = true};
    for (const Point& p : from) {
      line.x.push_back(p.x);
      line.y.push_back(from.back().regret * std::pow(p.x / from.back().x, exponent));
    }
    plot.lines.push_back(std::move(line));
  };
  law("T^(2/3)", bandit, 2.0 / 3);
  law("T^(1/2)", full, 0.5);
  b.draw(
      {"Two arms on the walk at the gap that hurts each learner most; bands are two standard "
       "errors. Seeing one's own loss alone costs a power of T once changes cost.",
       plot});
}

std::vector<Point> extra_points(Bench& b, int64_t log_rounds, Tally& tally) {
  const int64_t rounds = int64_t{1} << log_rounds;
  std::vector<Point> points;
  for (int64_t log_extra = log_rounds * 3 / 10; log_extra <= log_rounds; ++log_extra) {
    const int64_t extra = int64_t{1} << log_extra;
    SwitchingPlan plan = tasks::plan_with_extra(rounds, kArms, extra, 1);
    if (plan.learner.method == "one-slot") plan.learner.rate *= b.options.bandit_rate;
    Point p = worst_play(log_rounds, kArms, in_powers(plan, log_rounds), b.options.repetitions,
                         b.rng.split("extra").split(static_cast<uint64_t>(log_extra)));
    // A bandit's own observations are free; whole slots cost K - 1 besides one's own.
    const int64_t used =
        p.learner.method == "one-slot" ? 0 : p.observations - p.observations / kArms;
    tally.over_budget = std::max(tally.over_budget, used - extra);
    p.x = static_cast<double>(extra);
    points.push_back(p);
    b.progress.throw_if_stopped();
  }
  judge_plays(b, points, tally.most_switches, tally.clipped);
  return points;
}

// log2 of the extra observations where the gain begins. The last twentieth is left out: there the
// batches end in single rounds.
double log_knee(const std::vector<Point>& points, int64_t log_rounds) {
  std::vector<double> log_x, log_y;
  for (const Point& p : points) {
    if (std::log2(p.x) > 0.95 * static_cast<double>(log_rounds) + 1e-9) continue;
    log_x.push_back(std::log2(p.x)), log_y.push_back(std::log2(p.regret));
  }
  return fitted_knee(log_x, log_y);
}

void over_extra(Bench& b, Tally& tally) {
  b.progress.start("regret over extra observations");
  const int64_t log_rounds = b.options.log_rounds, rounds = int64_t{1} << log_rounds;
  const std::vector<Point> points = extra_points(b, log_rounds, tally);
  std::vector<Point> flat, falling;
  TextTable table{fmt::format("Extra observations, T = 2^{}, {} arms", log_rounds, kArms),
                  {"extra", "as a power of T", "learner", "batches", "regret", "switches"},
                  {}};
  for (const Point& p : points) {
    const double alpha = std::log2(p.x) / static_cast<double>(log_rounds);
    if (alpha < 0.6 - 1e-9) flat.push_back(p);
    if (alpha >= 0.75 - 1e-9 && alpha <= 0.95 + 1e-9) falling.push_back(p);
    table.rows.push_back({fmt::format("{:.0f}", p.x), fmt::format("{:.2f}", alpha),
                          p.learner.method, fmt::format("{}", p.batches), number_text(p.regret),
                          number_text(p.switches)});
  }
  b.measured["flat"] = off(slope_of(flat, b.rng.split("fit")), 0);
  b.measured["falling"] = off(slope_of(falling, b.rng.split("fit")), -0.5);
  std::vector<double> sizes, knees;
  for (const int64_t log_size : {log_rounds - 6, log_rounds - 3, log_rounds}) {
    sizes.push_back(static_cast<double>(log_size));
    knees.push_back(
        log_knee(log_size == log_rounds ? points : extra_points(b, log_size, tally), log_size));
  }
  const double knee = knees.back() / static_cast<double>(log_rounds);
  b.measured["knee"] = {std::abs(knee - 0.67), "", fmt::format("knee at T^{:.3f}", knee), ""};
  const SlopeFit growth = fit_slope(sizes, knees, b.rng.split("fit"));
  b.measured["knee-exponent"] = off(growth, 2.0 / 3);
  b.show(std::move(table));
  Plot plot{.title = fmt::format("What extra observations buy, T = 2^{}", log_rounds),
            .x_label = "extra observations",
            .y_label = "regret",
            .log_x = true,
            .log_y = true};
  plot.lines = {line_of("measured", points)};
  plot.marks = {{.label = "T^(2/3)", .value = std::pow(rounds, 2.0 / 3), .vertical = true},
                {.label = "fitted knee", .value = std::exp2(knees.back()), .vertical = true}};
  b.draw(
      {"The phase transition: up to a constant times T^(2/3) extra observations bandit feedback "
       "is as good as can be had, from there regret falls as T over their root.",
       plot});
}

void over_budgets(Bench& b, Tally& tally) {
  b.progress.start("regret over a budget");
  const int64_t log_rounds = b.options.log_rounds, rounds = int64_t{1} << log_rounds;
  Plot plot{.title = fmt::format("A budget of observations in all, T = 2^{}", log_rounds),
            .x_label = "observations",
            .y_label = "regret",
            .log_x = true,
            .log_y = true};
  const auto study = [&](const char* id, const std::string& method, int64_t first, int64_t last) {
    std::vector<Point> points;
    for (int64_t log_budget = first; log_budget <= last; ++log_budget) {
      const int64_t budget = int64_t{1} << log_budget;
      SwitchingPlan plan = tasks::plan_for(method, rounds, kArms, budget, 1);
      if (method == "one-slot") {  // spends all it has
        plan.learner.batches = budget;
        plan.learner.rate = std::sqrt(2 * std::log(static_cast<double>(kArms)) /
                                      static_cast<double>(budget * kArms));
      }
      points.push_back(worst_play(log_rounds, kArms, in_powers(plan, log_rounds),
                                  b.options.repetitions,
                                  b.rng.split(id).split(static_cast<uint64_t>(log_budget))));
      points.back().x = static_cast<double>(budget);
      tally.over_budget = std::max(tally.over_budget, points.back().observations - budget);
      b.progress.throw_if_stopped();
    }
    judge_plays(b, points, tally.most_switches, tally.clipped);
    plot.lines.push_back(line_of(method, points));
    return points;
  };
  const int64_t first = log_rounds * 3 / 10, last = log_rounds * 4 / 5;
  b.measured["budget-full"] =
      off(slope_of(study("budget-full", "full-slot", first, last), b.rng.split("fit")), -0.5);
  b.measured["budget-one-arm"] =
      off(slope_of(study("budget-one-arm", "one-arm", first, last), b.rng.split("fit")), -0.5);
  std::vector<Point> bandit = study("bandit-stops", "one-slot", first, log_rounds - 1);
  std::erase_if(bandit, [&](const Point& p) { return p.x < std::pow(rounds, 2.0 / 3); });
  const SlopeFit fit = slope_of(bandit, b.rng.split("fit"));
  b.measured["bandit-stops"] = {fit.slope.value, "", spread_text(fit.slope, "point"), ""};
  b.draw(
      {"The same budget spent in three ways. Bandit feedback (one-slot) has to play what it wants "
       "to see, so that looking more often means changing more often.",
       plot});
}

// The largest distance of a mean of estimates from the loss, in standard errors.
void check_estimates(Bench& b) {
  b.progress.start("estimates");
  const std::vector<double> losses = {0.9, 0.2, 0.5, 0.4}, p = {0.1, 0.4, 0.2, 0.3};
  double worst = 0;
  for (const char* method : {"one-slot", "full-slot", "one-arm"}) {
    Rng rng = b.rng.split("estimates").split(method);
    std::vector<double> sums(4), squares(4);
    for (int64_t i = 0; i < b.options.draws; ++i) {
      double u = rng.uniform();
      int64_t arm = 0;
      while (arm < 3 && u >= p[static_cast<size_t>(arm)]) u -= p[static_cast<size_t>(arm++)];
      const auto e = tasks::slot_estimate(
          method, [&](int64_t k) { return losses[static_cast<size_t>(k)]; }, p, arm, rng);
      for (size_t k = 0; k < 4; ++k) sums[k] += e[k], squares[k] += e[k] * e[k];
    }
    const auto n = static_cast<double>(b.options.draws);
    for (size_t k = 0; k < 4; ++k) {
      const double average = sums[k] / n;
      const double error = std::sqrt(std::max(squares[k] / n - average * average, 0.0) / n);
      if (error > 1e-9) worst = std::max(worst, std::abs(average - losses[k]) / error);
      // Whole slots have no error to count in.
      else if (std::abs(average - losses[k]) > 1e-6)
        worst = std::numeric_limits<double>::infinity();
    }
  }
  b.measured["unbiased"] = {worst, "", fmt::format("{} draws, 4 arms, 3 options", b.options.draws),
                            ""};
}

void compare_learners(Bench& b) {
  b.progress.start("table of learners");
  const int64_t rounds = b.options.table_rounds;
  const double gap = std::cbrt(static_cast<double>(kArms) / static_cast<double>(rounds));
  const auto losses_of = [&](int64_t kind, const Rng& rng) {
    if (kind == 0) return worlds::walk_losses(rounds, kArms, gap, rng);
    if (kind == 1) return worlds::coin_losses(rounds, kArms, gap, rng);
    if (kind == 2) return worlds::drifting_losses(rounds, kArms, gap, rng);
    return worlds::periodic_losses(rounds, kArms, gap, rounds / 16);
  };
  TextTable table{
      fmt::format("Regret of play by rounds, switches counted (in brackets), {} rounds, gap {}",
                  rounds, number_text(gap, 2)),
      {"learner", "observations", "walk", "coins", "drifting coins", "periodic"},
      {}};
  for (const tasks::SwitchingMethod& method : tasks::switching_methods()) {
    const SwitchingPlan plan =
        tasks::plan_for(std::string(method.name), rounds, kArms, rounds / 4, 1);
    std::vector<std::string> row = {std::string(method.name), fmt::format("{}", plan.observations)};
    for (int64_t kind = 0; kind < 4; ++kind) {
      double regret = 0, switches = 0;
      for (int64_t i = 0; i < b.options.table_runs; ++i) {
        const Rng rng = b.rng.split("table").split(static_cast<uint64_t>(i));
        const worlds::LossSequence losses = losses_of(kind, rng.split("losses"));
        const tasks::SwitchingPlay p = tasks::play(losses, plan.learner, rng.split("play"));
        const std::vector<double> totals = losses.totals();
        switches += static_cast<double>(p.switches);
        regret += p.loss + static_cast<double>(p.switches) - *std::ranges::min_element(totals);
      }
      const auto runs = static_cast<double>(b.options.table_runs);
      row.push_back(
          fmt::format("{} ({})", number_text(regret / runs, 3), number_text(switches / runs, 3)));
    }
    table.rows.push_back(std::move(row));
    b.progress.throw_if_stopped();
  }
  b.show(std::move(table));
}

void measure_speed(Bench& b) {
  constexpr int64_t kLogRounds = 16, kRepetitions = 256;
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) {
    const Stopwatch watch;
    kernels::play_hard_instance({.arms = kArms, .log_rounds = kLogRounds, .gap = 0.01},
                                {kernels::SlotFeedback::full, kLogRounds, 0.01}, kRepetitions,
                                b.rng.split("speed"));
    seconds.push_back(watch.seconds());
  }
  std::ranges::sort(seconds);
  const double rounds = static_cast<double>(kRepetitions) * std::exp2(kLogRounds);
  b.measured["speed"] = {rounds / seconds[2] / 1e6, "",
                         fmt::format("{:.0f} to {:.0f}, 5 repeats", rounds / seconds[4] / 1e6,
                                     rounds / seconds[0] / 1e6),
                         ""};
}

void measure(Bench& b) {
  check_estimates(b);
  measure_speed(b);
  Tally tally;
  over_rounds(b, tally);
  over_extra(b, tally);
  over_budgets(b, tally);
  b.measured["within-budget"] = {static_cast<double>(tally.over_budget), "",
                                 "most of all plays above", ""};
  b.measured["switch-bound"] = {tally.most_switches, "", "largest of all dartboards above", ""};
  if (tally.clipped > 0)
    b.note(
        fmt::format("{} observed losses left [0,1] and were clipped; regret counts the gap "
                    "there all the same.",
                    tally.clipped));
  compare_learners(b);
}

void note_scale(Bench& b) {
  b.note(
      "Regret on the walk is gap times the rounds not spent on the best arm (losses differ by the "
      "gap unless clipped) plus one a change; the gap is the worst of four multiples of sqrt(K / "
      "batches) for each learner and size.");
}

void check(const Options& o) {
  require_positive(o);
  require(o.bandit_rate > 0, "--bandit-rate: {}, expected above 0", o.bandit_rate);
  require(o.most_log_rounds >= 12 && o.most_log_rounds <= 27,
          "--most-log-rounds: {}, expected 12 to 27", o.most_log_rounds);
  require(o.log_rounds >= 12 && o.log_rounds <= 26, "--log-rounds: {}, expected 12 to 26",
          o.log_rounds);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.repetitions = 400, o.most_log_rounds = 21, o.table_runs = 200;
  if (scale == Scale::full) o.most_log_rounds = 24, o.log_rounds = 24, o.repetitions = 1000;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"switching-costs", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::switching_costs
