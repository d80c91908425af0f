// icl-forecasting at quick scale with fewer windows: the closed form against Monte Carlo, the best
// layer between its bounds, rollouts, as `offprint run icl-forecasting` gives them.
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/papers/icl_forecasting/ett_runs.h"
#include "offprint/papers/icl_forecasting/gap_runs.h"
#include "offprint/papers/icl_forecasting/sweep_runs.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::icl_forecasting;

namespace {

RunCard quick_run(uint64_t seed, Json options) {
  RunRequest request;
  request.seed = seed, request.options = std::move(options);
  return card_of("icl-forecasting", request);
}

const Json kTiny = {{"windows", 400},  {"theory-windows", 400}, {"most-lags", 1},
                    {"adam-steps", 0}, {"sweep-lags", 0},       {"random-tasks", false}};

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("icl-forecasting quick, shortened: identities hold, theory and fits agree") {
    const RunCard card = quick_run(1, {{"windows", 12'000},
                                       {"theory-windows", 30'000},
                                       {"adam-steps", 40},
                                       {"sweep-lags", 0},
                                       {"random-tasks", false}});
    for (const Measured& measured : card.claims) {
      CAPTURE(measured.id);
      if (measured.kind == "identity") CHECK(measured.verdict == Verdict::holds);
    }
    for (const std::string id : {"gap-positive", "gap-slope", "gap-law", "bound-holds",
                                 "never-ahead", "context", "to-variance", "above-bayes"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    CHECK(*find_claim(card, "one-layer").ours < 1.4);
    CHECK(find_claim(card, "depth").verdict == Verdict::not_at_this_scale);
    CHECK(card.figures.size() == 4);
    CHECK(card.tables.size() == 3);
    CHECK(find_claim(card, "ett").verdict == Verdict::not_at_this_scale);
  }
}

TEST_CASE("icl-forecasting: the same seed measures the same, another seed another") {
  const auto measured = [](uint64_t seed) {
    const RunCard card = quick_run(seed, kTiny);
    return std::pair(*find_claim(card, "closed-form").ours, *find_claim(card, "one-layer").ours);
  };
  const auto once = measured(2);
  CHECK(once == measured(2));
  CHECK(once != measured(3));
}

TEST_CASE("icl-forecasting: the gap that theory gives is the brief's, and twice what is foretold") {
  const auto processes = autoregressions(3);
  CHECK(8 * closed_gap(processes[1].process, 2, 8) == doctest::Approx(5.9).epsilon(0.03));
  CHECK(128 * closed_gap(processes[2].process, 3, 128) == doctest::Approx(30.0).epsilon(0.03));
  for (const auto& [name, process] : processes) {
    CAPTURE(name);
    const auto p = static_cast<int64_t>(process.rho.size());
    CHECK(gap_law(process, p) ==
          doctest::Approx(2 * (worlds::autocovariances(process, 0)[0] - 1)).epsilon(1e-4));
    CHECK(worlds::spectral_radius(process.rho) < 1);
  }
  CHECK(worlds::spectral_radius(decaying_process().process.rho) < 0.7);
  CHECK(worlds::spectral_radius(processes[2].process.rho) > 0.88);
}

TEST_CASE("icl-forecasting: sweeps, softmax and random tasks give a number a seed") {
  Options o;
  o.windows = 300, o.seeds = 2, o.depth_steps = 3, o.most_layers = 2;
  o.sweep_lags = 3, o.sweep_context = 25, o.sweep_rows = 3000, o.depth_context = 20;
  Progress progress;
  const auto contexts = run_contexts(o, Rng(1), progress);
  REQUIRE(contexts.size() == 2);
  CHECK(contexts[1].attention.size() == 2);
  CHECK(contexts[1].ahead == 0);
  const auto depths = run_depths(o, Rng(1), progress);
  REQUIRE(depths.size() == 1);
  CHECK(depths[0].by_depth[1].size() == 2);
  CHECK(run_softmax(o, Rng(1), progress).at("softmax-over-n").size() == 2);
  o.most_layers = 3;
  CHECK(run_random_tasks(o, Rng(1), progress).at("LSA-3").size() == 2);
}

TEST_CASE("icl-forecasting: days are standardised by the training rows alone") {
  data::Series series;
  series.values = Rng(3).normal({24 * 10, 2}, at::kDouble) * 3 + 5;
  const data::Series days = days_standardised(series, 24 * 6);
  const Tensor hour = days.values.slice(0, 7, 24 * 6, 24);
  CHECK(hour.mean(0).abs().max().item<double>() < 1e-12);
  CHECK(hour.square().mean(0).sub(1).abs().max().item<double>() < 1e-12);
  Tensor changed = series.values.clone();
  changed.slice(0, 24 * 6).mul_(100);
  series.values = changed;
  CHECK(max_abs_diff(days_standardised(series, 24 * 6).values.slice(0, 0, 24 * 6),
                     days.values.slice(0, 0, 24 * 6)) == 0);
}

TEST_CASE("icl-forecasting: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run(1, {{"windows", 100}}), "--windows: 100, expected at least 200");
  CHECK_THROWS_WITH(quick_run(1, {{"most-lags", 9}}), "--most-lags: 9, expected at most 5");
  CHECK_THROWS_WITH(quick_run(1, {{"seeds", 0}}), "--seeds: 0, expected a positive number");
}
