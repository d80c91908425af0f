// switching-costs at quick scale with fewer plays, as `offprint run switching-costs` gives it.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/switching_costs/hard_plays.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::switching_costs;

namespace {

RunCard quick_run(uint64_t seed, Json options) {
  RunRequest request;
  request.seed = seed, request.options = std::move(options);
  return card_of("switching-costs", request);
}

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("switching-costs quick, shortened: exponents of theory, estimates, budgets") {
    const RunCard card = quick_run(1, {{"repetitions", 64},
                                       {"most-log-rounds", 15},
                                       {"log-rounds", 18},
                                       {"draws", 100'000},
                                       {"table-runs", 2}});
    for (const std::string id : {"bandit-slope", "full-slope", "flat", "bandit-stops", "unbiased",
                                 "within-budget", "switch-bound"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
  }
}

TEST_CASE("switching-costs: a knee that was put there is found") {
  std::vector<double> x, y;
  for (int i = 6; i <= 20; ++i) x.push_back(i), y.push_back(12 - 0.5 * std::max(0.0, i - 13.25));
  CHECK(fitted_knee(x, y) == doctest::Approx(13.25).epsilon(0.005));
}

TEST_CASE("switching-costs: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run(1, {{"repetitions", 0}}),
                    "--repetitions: 0, expected a positive number");
  CHECK_THROWS_WITH(quick_run(1, {{"log-rounds", 30}}), "--log-rounds: 30, expected 12 to 26");
  CHECK_THROWS_WITH(quick_run(1, {{"bandit-rate", 0.0}}), "--bandit-rate: 0, expected above 0");
}
