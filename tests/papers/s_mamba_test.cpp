// S-Mamba's recipe, as `offprint run s-mamba` gives it, on a road shortened for the tests.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/s_mamba/forecast_runs.h"
#include "offprint/papers/s_mamba/ring_road.h"
#include "offprint/papers/s_mamba/scan_checks.h"
#include "offprint/papers/s_mamba/step_times.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard run_with(uint64_t seed, const Json& options, Scale scale = Scale::quick,
                 const std::string& data = "") {
  return card_of("s-mamba", {.scale = scale, .seed = seed, .data = data, .options = options});
}

// What is measured, but for times.
std::string lasting(const RunCard& card) {
  std::string text;
  for (const Measured& m : card.claims)
    if (!m.id.starts_with("time-") && !m.id.starts_with("scan-over"))
      text += fmt::format("{} {} {}\n", m.id, m.ours.value_or(-1), m.baseline);
  return text;
}

const Json kFew = {{"sensors", 6},     {"rows", 260},     {"lookback", 24},   {"horizon", 6},
                   {"epochs", 1},      {"width", 16},     {"scan-length", 8}, {"time-columns", 16},
                   {"time-width", 16}, {"order-seeds", 1}};

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("S-Mamba: identities hold, nothing leaks, the road's claims are measured and judged") {
    const RunCard card = run_with(1, {{"sensors", 8},
                                      {"rows", 900},
                                      {"epochs", 3},
                                      {"time-columns", 64},
                                      {"order-seeds", 2},
                                      {"scan-length", 64}});
    for (const char* id : {"scan-equals-recurrence", "scan-gradients", "no-leak"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    for (const char* id : {"ring-over-dlinear", "ring-over-attention", "ring-over-column-mlp"}) {
      const Measured& m = find_claim(card, id);
      CAPTURE(id);
      REQUIRE(m.ours);
      CHECK(*m.ours > 0.2);
      CHECK((m.verdict == Verdict::holds) == (*m.ours <= *m.bar));
    }
    CHECK(find_claim(card, "two-way-over-one-way").spread.find("2 seeds; orders:") !=
          std::string::npos);
    CHECK(find_claim(card, "etth1-96").verdict == Verdict::not_at_this_scale);
    CHECK(card.figures.size() == 3);
    CHECK(card.tables.size() == 3);
  }
}

TEST_CASE("ring road: a wave is at the next sensor three rows later, or five against the road") {
  const data::Series road = s_mamba::ring_road(
      {.sensors = 12, .rows = 3000, .memory = 0, .disturbance = 100, .noise = 0}, Rng(1));
  const Tensor x = (road.values - road.values.mean(at::IntArrayRef{0})) / 100;
  const auto correlation = [&](int64_t from, int64_t to, int64_t lag) {
    return (x.select(1, from).slice(0, 0, 3000 - lag) * x.select(1, to).slice(0, lag))
        .mean()
        .item<double>();
  };
  for (int64_t i = 0; i < 11; ++i) {
    // Half of the variance runs each way, and 0.9 of it arrives.
    CHECK(correlation(i, i + 1, 3) > 0.35);
    CHECK(correlation(i + 1, i, 5) > 0.35);
    CHECK(std::abs(correlation(i, i + 1, 1)) < 0.15);
    CHECK(std::abs(correlation(i, i, 3)) < 0.15);  // alone a sensor knows little
  }
  CHECK(x.square().mean().item<double>() == doctest::Approx(1).epsilon(0.15));
}

TEST_CASE("ring road: days and weeks are there, and the same seed gives the same road") {
  const s_mamba::RingRoad quiet{.sensors = 3, .rows = 800, .disturbance = 0, .noise = 0};
  const Tensor x = s_mamba::ring_road(quiet, Rng(2)).values;
  CHECK(max_abs_diff(x.slice(0, 0, 384), x.slice(0, 96, 480)) < 1e-9);    // weekdays
  CHECK(max_abs_diff(x.slice(0, 384, 480), x.slice(0, 480, 576)) > 0.1);  // Saturday
  CHECK(max_abs_diff(x.slice(0, 0, 128), x.slice(0, 672, 800)) < 1e-9);
  CHECK(s_mamba::ring_road(quiet, Rng(2)).values.equal(x));
  CHECK(!s_mamba::ring_road(quiet, Rng(3)).values.equal(x));
  const data::Series turned = s_mamba::reordered(s_mamba::ring_road(quiet, Rng(2)), {2, 0, 1});
  CHECK(turned.names == std::vector<std::string>{"sensor2", "sensor0", "sensor1"});
  CHECK(turned.values.select(1, 1).equal(x.select(1, 0)));
}

TEST_CASE("the published scan computes what ours does") {
  const Measurement gap = s_mamba::scan_gap(Rng(1));
  CHECK(gap.ours > 0);
  CHECK(gap.ours < 1e-5);
  const s_mamba::ScanTimes times = s_mamba::scan_times(16, Rng(2));
  CHECK(times.published.ours > 1);
  CHECK(times.step_by_step.ours > 1);
}

TEST_CASE("S-Mamba: the same seed gives the same errors, another seed others") {
  const std::string once = lasting(run_with(2, kFew));
  CHECK(once == lasting(run_with(2, kFew)));
  CHECK(once != lasting(run_with(3, kFew)));
}

TEST_CASE("S-Mamba: without ETTh1 the card says what to get") {
  Json options = kFew;
  options["etth1-epochs"] = 1, options["order-seeds"] = 0;
  const RunCard card = run_with(2, options, Scale::quick, "/nowhere");
  CHECK(card.notes.front() ==
        "ETTh1 skipped: ETTh1.csv is not here; `offprint data get ett` gets it");
  CHECK(!find_claim(card, "etth1-96").ours);
}

TEST_CASE("S-Mamba: options that make no sense are one line") {
  CHECK_THROWS_WITH_AS(run_with(1, {{"seeds", 0}}), "--seeds: 0, expected a positive number",
                       Error);
  CHECK_THROWS_AS(run_with(1, {{"sensor", 4}}), Error);
}
