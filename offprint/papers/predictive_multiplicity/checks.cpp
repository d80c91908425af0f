#include "offprint/papers/predictive_multiplicity/checks.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/clock.h"
#include "offprint/kernels/mixed_integer.h"
#include "offprint/papers/predictive_multiplicity/oracles.h"
#include "offprint/papers/predictive_multiplicity/tables.h"
#include "offprint/tasks/discrepancy.h"

namespace offprint::papers::predictive_multiplicity {
namespace {

double widest_gap(const kernels::ViableRanges& r) {
  return std::max(max_abs_diff(r.low.bounds, r.low.scores),
                  max_abs_diff(r.high.bounds, r.high.scores));
}

// Loss beyond the level, by plain tensor operations.
double worst_excess(const tasks::NearOptimal& base, const Tensor& W, double level) {
  const Tensor m = tasks::scores_of(base.X, W) * (2 * base.y - 1).unsqueeze(1);
  const Tensor w = W.slice(1, 0, -1);
  const Tensor F = (m.neg().clamp_min(0) + m.abs().neg().exp().log1p()).mean(0) +
                   0.5 * base.set.l2 * (w * w).sum(1);
  return (F - level).max().item<double>();
}

double apart(const tasks::Discrepancy& a, double moved, int64_t people) {
  return std::abs(a.lower * static_cast<double>(people) - moved);
}

}  // namespace

void check_ranges(Bench& b) {
  struct Kind {
    const char* name;
    double noise, l2;
    int64_t rows, features;
  };
  double gap = 0, excess = -1;
  int64_t ends = 0;
  for (const Kind& k :
       {Kind{"plain", 1, 1e-3, 1000, 10}, Kind{"nearly separable", 0.05, 1e-4, 569, 30},
        Kind{"weak penalty", 0.2, 1e-6, 500, 15}}) {
    const Cases cases = generate_plain(k.rows, k.features, k.noise, b.rng.split(k.name));
    const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, k.l2);
    const Tensor people = cases.X.slice(0, 0, b.options.people);
    for (const double epsilon : {0.001, b.options.epsilon, 0.1}) {
      const double slack = tasks::slack_of(base, epsilon, true);
      const auto r = tasks::viable_ranges(base, people, slack, b.progress);
      gap = std::max(gap, widest_gap(r));
      for (const kernels::RangeEnds* end : {&r.low, &r.high})
        excess = std::max(excess, worst_excess(base, end->weights, base.best.objective + slack));
      ends += 2 * people.size(0);
    }
  }
  const std::string of = fmt::format("largest of {} ends", ends);
  b.measured["range-gap"] = {gap, "", of, ""};
  b.measured["range-inside"] = {excess, "", of, ""};

  double off = 0;
  const Cases cases = generate_plain(30, 2, 1, b.rng.split("rays"));
  const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, 0.01);
  const double slack = tasks::slack_of(base, 0.02, true);
  const auto r = tasks::viable_ranges(base, cases.X, slack, b.progress);
  b.progress.start("rays", 4);
  for (int64_t i = 0; i < 4; ++i) {
    b.progress.throw_if_stopped();
    off = std::max(
        off, std::abs(highest_by_rays(base, cases.X[i], slack) - r.high.scores[i].item<double>()));
    b.progress.at(i + 1);
  }
  b.measured["range-rays"] = {off, "", "4 people, 7 zooms of 3721 rays", ""};
}

void check_discrepancy(Bench& b) {
  if (!kernels::has_mixed_integer()) {
    b.note(fmt::format("proofs of discrepancies skipped: built without {}",
                       "Clp (coinor-libclp-dev)"));
    return;
  }
  double worst = 0;
  tasks::DiscrepancyOptions exact{.gap = 0, .seconds = 60};
  for (int64_t k = 0; k < b.options.small_tables; ++k) {
    const Cases cases =
        generate_plain(12, 2, 1, b.rng.split("small").split(static_cast<uint64_t>(k)));
    const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, 0.02);
    const double slack = tasks::slack_of(base, 0.02, true), delta = 0.08;
    const auto r = tasks::viable_ranges(base, cases.X, slack, b.progress);
    const tasks::Discrepancy d =
        tasks::discrepancy(base, cases.X, r, slack, delta, exact, b.progress);
    b.progress.start("enumeration");
    worst = std::max(
        worst, d.proved
                   ? apart(d, static_cast<double>(moved_by_enumeration(base, slack, delta)), 12)
                   : 12.0);
  }
  b.measured["enumeration"] = {worst, "", fmt::format("{} tables", b.options.small_tables), ""};

  // Few people move by delta, as is usual: the others are what screening saves.
  const Cases cases = generate_plain(300, 3, 1, b.rng.split("screening"));
  const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, 0.01);
  const double slack = tasks::slack_of(base, b.options.epsilon, true), delta = 0.13;
  const auto r = tasks::viable_ranges(base, cases.X, slack, b.progress);
  const tasks::Discrepancy screened =
      tasks::discrepancy(base, cases.X, r, slack, delta, exact, b.progress);
  tasks::DiscrepancyOptions plain = exact;
  plain.screen = false, plain.seconds = std::max(5.0, 3 * b.options.seconds);
  const tasks::Discrepancy all =
      tasks::discrepancy(base, cases.X, r, slack, delta, plain, b.progress);
  const std::string sizes =
      fmt::format("{} binaries and {} s, {} and {} s", screened.binaries,
                  number_text(screened.seconds, 2), all.binaries, number_text(all.seconds, 2));
  std::string stopped;
  if (!all.proved) stopped = "without screening stopped before its proof";
  // Unproved, the optimum still lies between the bounds.
  const double difference = all.proved ? apart(screened, 300 * all.lower, 300)

                                       : 300 * std::max(0.0, screened.lower - all.upper);
  b.measured["screening-same"] = {difference, stopped, sizes, ""};
  b.measured["screening-speed"] = {all.seconds / std::max(1e-4, screened.seconds), stopped, sizes,
                                   ""};
}

void check_monotone(Bench& b) {
  int64_t wrong = 0, settings = 0;
  for (const double noise : {0.5, 1.0}) {
    const Cases cases = generate_plain(12, 2, noise, b.rng.split("monotone"));
    const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, 0.01);
    const Tensor best = tasks::best_scores(base, cases.X);
    std::vector<double> last_a(3, 0), last_d(3, 0);
    for (const double epsilon : {0.0, 0.002, 0.01, 0.05, 0.2}) {
      const double slack = tasks::slack_of(base, epsilon, true);
      const auto r = tasks::viable_ranges(base, cases.X, slack, b.progress);
      const Tensor moves = tasks::greatest_moves(best, r);
      double wider_a = 1, wider_d = 1;  // at the smaller delta
      size_t k = 0;
      for (const double delta : {0.02, 0.1, 0.3}) {
        const double a = tasks::ambiguity(moves, delta);
        const tasks::DiscrepancyOptions exact{.gap = 0, .seconds = 60};
        const double d =
            kernels::has_mixed_integer()
                ? tasks::discrepancy(base, cases.X, r, slack, delta, exact, b.progress).lower
                : a;
        wrong += a > wider_a || a < last_a[k] || d > wider_d || d < last_d[k] || d > a ||
                 (epsilon == 0 && (a != 0 || d != 0));
        ++settings;
        wider_a = last_a[k] = a, wider_d = last_d[k] = d, ++k;
      }
    }
  }
  b.measured["monotone"] = {static_cast<double>(wrong), "",
                            fmt::format("{} settings of epsilon and delta", settings), ""};
}

void measure_speed(Bench& b) {
  constexpr int64_t kRows = 10'000, kFeatures = 30;
  const Cases cases = generate_plain(kRows, kFeatures, 1, b.rng.split("speed"));
  const tasks::NearOptimal base = tasks::near_optimal(cases.X, cases.y, 1e-3);
  const Tensor people = cases.X.slice(0, 0, b.options.scale_people);
  const Stopwatch watch;
  const auto r = tasks::viable_ranges(base, people, tasks::slack_of(base, b.options.epsilon, true),
                                      b.progress);
  b.measured["speed"] = {
      watch.seconds() * kRows / static_cast<double>(people.size(0)), "",
      fmt::format("measured on {} people, gap {}", people.size(0), number_text(widest_gap(r), 2)),
      ""};
}

}  // namespace offprint::papers::predictive_multiplicity
