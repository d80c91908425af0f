// SpaceTime at quick scale with shorter training: the filter, the processes that it holds, and the
// forecasts of AR(6), as `offprint run spacetime` gives them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/spacetime/ar_runs.h"
#include "offprint/papers/spacetime/ett_runs.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard quick_run(uint64_t seed, const Json& options) {
  return card_of("spacetime", {.seed = seed, .options = options});
}

const Json kTiny = {{"ar-rows", 600}, {"ar-epochs", 1}, {"copy-steps", 2}, {"filter-steps", 256}};

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("SpaceTime quick, shortened: identities hold and AR(6) is forecast as well as it can") {
    const RunCard card = quick_run(1, {{"ar-rows", 4000}, {"ar-epochs", 5}, {"copy-steps", 600}});
    for (const Measured& measured : card.claims) {
      CAPTURE(measured.id);
      if (measured.kind == "identity") CHECK(measured.verdict == Verdict::holds);
    }
    CHECK(find_claim(card, "filter-speed").verdict == Verdict::holds);
    CHECK(*find_claim(card, "ar6-oracle").ours < 1.2);
    CHECK(*find_claim(card, "ar6-oracle").ours > 0.99);
    CHECK(*find_claim(card, "ar6-copy").ours < 0.3);
    CHECK(find_claim(card, "etth1-horizons").verdict == Verdict::not_at_this_scale);
    CHECK(card.figures.size() == 4);
    CHECK(card.tables.size() == 1);
  }
}

TEST_CASE("SpaceTime: the same seed measures the same, another seed another") {
  const auto errors = [](uint64_t seed) {
    const RunCard card = quick_run(seed, kTiny);
    return std::pair(*find_claim(card, "ar6-oracle").ours, *find_claim(card, "ar6-copy").ours);
  };
  const auto once = errors(2);
  CHECK(once == errors(2));
  CHECK(once != errors(3));
}

TEST_CASE("SpaceTime: the process has the variance that its coefficients give") {
  const auto process = spacetime::make_process(4, 20'000, Rng(4));
  CHECK(process.phi.size() == 4);
  double shocks = 0;
  for (size_t t = 4; t < process.x.size(); ++t) {
    double shock = process.x[t];
    for (size_t i = 0; i < 4; ++i) shock -= process.phi[i] * process.x[t - 1 - i];
    shocks += shock * shock;
  }
  CHECK(shocks / static_cast<double>(process.x.size() - 4) == doctest::Approx(1).epsilon(0.05));
}

TEST_CASE("SpaceTime: the race ends where the error is reached, or never") {
  const spacetime::RaceRun run{"x", 1, {1, 2, 3}, {0.5, 0.2, 0.1}};
  CHECK(spacetime::seconds_to(run, 0.2) == 2);
  CHECK(spacetime::seconds_to(run, 0.6) == 1);
  CHECK(std::isinf(spacetime::seconds_to(run, 0.05)));
}

TEST_CASE("SpaceTime: without ETTh1 the card says how to get it; sizes of zero are one line") {
  Progress progress;
  RunRequest request;
  request.data = "/nowhere", request.options = kTiny, request.options["ett-horizons"] = "24";
  const RunCard card = run_paper(find_paper("spacetime"), request, progress);
  CHECK(std::ranges::any_of(card.notes, [](const std::string& note) {
    return note.find("offprint data get ett") != std::string::npos;
  }));
  CHECK_THROWS_WITH(quick_run(1, {{"ar-rows", 0}}), "--ar-rows: 0, expected a positive number");
  CHECK_THROWS_WITH(quick_run(1, {{"ett-horizons", "24;48"}}),
                    "--ett-horizons: '24;48', expected numbers with commas between, as 24,48");
  spacetime::Options o;
  o.ett_horizons = "24,96";
  CHECK(spacetime::ett_horizons(o) == std::vector<int64_t>{24, 96});
}
