// Chimera's recipe, as `offprint run chimera` gives it, shortened for the tests.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/chimera/faults.h"
#include "offprint/papers/chimera/grids.h"
#include "offprint/papers/chimera/scan_checks.h"
#include "offprint/tasks/series_windows.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::chimera;

namespace {

RunCard run_with(uint64_t seed, Json options, std::string data = "") {
  RunRequest request;
  request.seed = seed, request.options = std::move(options), request.data = std::move(data);
  return card_of("chimera", request);
}

// What is measured, but for times.
std::string lasting(const RunCard& card) {
  std::string text;
  for (const Measured& m : card.claims)
    if (m.id != "scan-slope" && m.id != "scan-over-loops")
      text += fmt::format("{} {} {}\n", m.id, m.ours.value_or(-1), m.baseline);
  return text;
}

const Json kFew = {{"columns", 3},       {"rows", 400},           {"epochs", 1},
                   {"width", 8},         {"season-columns", 3},   {"season-rows", 400},
                   {"season-epochs", 1}, {"season-lookback", 48}, {"season-horizon", 6},
                   {"audit-epochs", 1},  {"fault-events", 2},     {"fault-rows", 10},
                   {"loop-variates", 2}, {"loop-steps", 8}};

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("Chimera: identities hold, the recurrence is learnt, faults across columns are found") {
    Json options = kFew;
    options["columns"] = 6, options["rows"] = 2000, options["epochs"] = 10, options["width"] = 16;
    options["audit-epochs"] = 6, options["fault-rows"] = 24, options["fault-events"] = 3;
    const RunCard card = run_with(1, options);
    for (const char* id : {"scan-equals-loops", "scan-gradients", "uncoupled-is-mamba",
                           "one-variate-is-one-dimensional", "no-leak"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    CHECK(find_claim(card, "recurrence-over-noise").ours.value() < 1.25);
    CHECK(find_claim(card, "columns-alone-over-ours").ours.value() > 1.3);
    CHECK(find_claim(card, "decoupled-over-columns").ours.value() > 1.5);
    CHECK(find_claim(card, "two-heads-over-one").ours.has_value());
    CHECK(find_claim(card, "two-way-over-one-way").verdict == Verdict::not_at_this_scale);
    CHECK(card.figures.size() == 4);
    CHECK(card.tables.size() == 3);
  }
}

TEST_CASE("Chimera: the same seed gives the same card, another seed another") {
  const std::string once = lasting(run_with(2, kFew));
  CHECK(once == lasting(run_with(2, kFew)));
  CHECK(once != lasting(run_with(3, kFew)));
}

TEST_CASE(
    "two-dimensional recurrence: what is shown is what was expected and noise of variance one") {
  const Recurrence r{.columns = 4, .rows = 6000};
  const RecurrenceSeries drawn = recurrence_series(r, Rng(1));
  const Tensor e = drawn.series.values - drawn.expected;
  CHECK(e.square().mean().item<double>() == doctest::Approx(1).epsilon(0.03));
  // The expectation of the next row by hand, from the states of the columns before.
  const Tensor x = drawn.series.values, h1 = drawn.expected;
  for (const int64_t t : {10, 4000}) {
    const auto at = [&](const Tensor& of, int64_t v) { return of[t][v].item<double>(); };
    const double above1 = r.a3 * at(h1, 0) + r.b2 * at(x, 0);
    const double above2 = r.a3 * at(h1, 1) + r.a4 * above1 + r.b2 * at(x, 1);
    const double next = r.a1 * at(h1, 2) + r.a2 * above2 + r.b1 * at(x, 2);
    CHECK(h1[t + 1][2].item<double>() == doctest::Approx(next));
  }
  CHECK(spectral_radius(r) < 1);
  CHECK(spectral_radius({.a1 = 0.5, .a2 = 0, .a3 = 0, .a4 = -0.7, .b1 = 0.3, .b2 = 0}) ==
        doctest::Approx(0.8));
  CHECK_THROWS_WITH_AS(recurrence_series({.a2 = 3}, Rng(1)),
                       doctest::Contains("recurrence: spectral radius"), Error);
}

TEST_CASE("seasons: a season is like the last, a column like the one before it some rows ago") {
  const Seasons quiet{.columns = 3, .rows = 4800, .trend = 0, .disturbance = 0, .noise = 0};
  const auto correlation = [](const Tensor& a, const Tensor& b) {
    return ((a - a.mean()) * (b - b.mean())).mean().item<double>() /
           std::sqrt((a - a.mean()).square().mean().item<double>() *
                     (b - b.mean()).square().mean().item<double>());
  };
  const Tensor x = seasons_series(quiet, Rng(2)).values;
  CHECK(correlation(x.slice(0, 24), x.slice(0, 0, -24)) > 0.85);
  CHECK(std::abs(correlation(x.slice(0, 12), x.slice(0, 0, -12))) < 0.15);
  Seasons led = quiet;
  led.disturbance = 100;
  const Tensor y = seasons_series(led, Rng(2)).values;
  CHECK(correlation(y.select(1, 2).slice(0, 3), y.select(1, 1).slice(0, 0, -3)) > 0.8);
  CHECK(correlation(y.select(1, 2).slice(0, 0, -3), y.select(1, 1).slice(0, 3)) < 0.3);
}

TEST_CASE("faults: each kind does what its name says, in labelled cells and nowhere else") {
  const Tensor values = Rng(3).normal({800, 3}, at::kDouble);
  const FaultySeries faulty = with_faults(values, 400, 2, 20, 1, Rng(4));
  CHECK(faulty.values.slice(0, 0, 400).equal(values.slice(0, 0, 400)));
  const Tensor same = faulty.values.eq(values);
  CHECK(same.logical_or(faulty.labels).all().item<bool>());
  const auto cells = [&](Fault fault, const Tensor& of) {
    const Tensor kind = faulty.kind.eq(static_cast<int64_t>(fault)).unsqueeze(1);
    return of.masked_select(faulty.labels.logical_and(kind));
  };
  CHECK(cells(Fault::spike, values).numel() == 2);
  CHECK(cells(Fault::level_shift, values).numel() == 40);
  const Tensor jump = cells(Fault::spike, faulty.values) - cells(Fault::spike, values);
  CHECK(jump.abs().mean().item<double>() == doctest::Approx(5).epsilon(0.1));
  const Tensor frozen = cells(Fault::frozen, faulty.values).view({2, 20});
  CHECK(frozen.std(1).max().item<double>() < 1e-12);
  const Tensor decoupled = cells(Fault::decoupled, faulty.values);
  for (int64_t i = 0; i < decoupled.numel(); ++i)  // from earlier rows
    CHECK(values.slice(0, 0, 400).eq(decoupled[i]).any().item<bool>());
  CHECK_THROWS_AS(with_faults(values, 400, 20, 20, 1, Rng(4)), Error);
}

TEST_CASE("Chimera: without ETTh1 the card says what to get; options make sense") {
  Json options = kFew;
  options["etth1-steps"] = 1;
  const RunCard card = run_with(2, options, "/nowhere");
  CHECK(card.notes.front() ==
        "ETTh1 skipped: ETTh1.csv is not here; `offprint data get ett` gets it");
  CHECK(!find_claim(card, "etth1-average").ours);
  CHECK_THROWS_WITH_AS(run_with(1, {{"seeds", 0}}), "--seeds: 0, expected a positive number",
                       Error);
  CHECK_THROWS_AS(run_with(1, {{"season-column", 4}}), Error);
}
