#include "offprint/tasks/calibration.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// Right with probability sigmoid(2 score - 1).
std::vector<Judged> drawn(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<Judged> out;
  for (int64_t i = 0; i < count; ++i) {
    const double score = 2 * rng.normal();
    out.push_back({score, rng.uniform() < 1 / (1 + std::exp(1 - 2 * score))});
  }
  return out;
}

std::vector<Judged> mapped(std::vector<Judged> cases, const auto& map) {
  for (Judged& c : cases) c.score = map(c.score);
  return cases;
}

}  // namespace

TEST_CASE("calibration: isotonic regression of a case by hand") {
  // Right 0 1 0 1 1: the pair that falls is pooled to its mean.
  const IsotonicMap m = fit_isotonic({{1, false}, {2, true}, {3, false}, {4, true}, {5, true}});
  CHECK(m(1) == 0);
  CHECK(m(2.5) == doctest::Approx(0.5));
  CHECK(m(4.5) == doctest::Approx(1));
  CHECK(m(-10) == 0);
  CHECK(m(10) == 1);
  CHECK(m(1.75) == doctest::Approx(0.25));
}

TEST_CASE("calibration: isotonic regression is the minimax formula of Barlow et al. 1972") {
  std::vector<Judged> cases = drawn(60, 1);
  const IsotonicMap m = fit_isotonic(cases);
  std::ranges::sort(cases, {}, &Judged::score);
  std::vector<double> values;
  for (size_t i = 0; i < cases.size(); ++i) {
    double value = 0;
    for (size_t a = 0; a <= i; ++a) {
      double least = 1;
      for (size_t b = i; b < cases.size(); ++b) {
        double sum = 0;
        for (size_t k = a; k <= b; ++k) sum += cases[k].right;
        least = std::min(least, sum / static_cast<double>(b - a + 1));
      }
      value = std::max(value, least);
    }
    if (values.empty() || value > values.back() + 1e-12) values.push_back(value);
  }
  REQUIRE(values.size() == m.probability.size());
  for (size_t i = 0; i < values.size(); ++i)
    CHECK(values[i] == doctest::Approx(m.probability[i]).epsilon(1e-12));
}

TEST_CASE("calibration: Platt's sigmoid is found again, and both maps are honest on new cases") {
  const auto cases = drawn(4000, 2), fresh = drawn(4000, 3);
  const PlattMap platt = fit_platt(cases);
  CHECK(platt.slope == doctest::Approx(2).epsilon(0.08));
  CHECK(platt.offset == doctest::Approx(-1).epsilon(0.12));
  const auto error = [&](const auto& map) {
    return expected_calibration_error(reliability(mapped(fresh, map), 10));
  };
  CHECK(error(platt) < 0.02);
  CHECK(error(fit_isotonic(cases)) < 0.03);
  const auto blunt = [](double s) { return 1 / (1 + std::exp(-8 * s)); };  // too sure of itself
  CHECK(error(blunt) > 0.08);
  CHECK(brier_score(mapped(fresh, platt)) < brier_score(mapped(fresh, blunt)));
  CHECK(area_under_roc(fresh) == doctest::Approx(area_under_roc(mapped(fresh, platt))));
}

TEST_CASE("calibration: corner cases") {
  CHECK(area_under_roc({{1, false}, {2, true}}) == 1);
  CHECK(area_under_roc({{1, true}, {2, false}}) == 0);
  CHECK(area_under_roc({{1, true}, {1, false}}) == 0.5);
  CHECK(area_under_roc({{1, true}}) == 0.5);
  CHECK(fit_isotonic({{3, true}})(0) == 1);
  const PlattMap alike = fit_platt(std::vector<Judged>{{1, true}, {1, true}, {1, false}});
  CHECK(alike(1) == doctest::Approx(3.0 / 5).epsilon(0.05));
  CHECK(reliability({{0.2, false}, {0.9, true}}, 10).size() == 2);
  CHECK_THROWS_WITH(fit_isotonic({}), "calibration: no cases, expected some");
  CHECK_THROWS_WITH(reliability({{1.5, true}}, 10), "reliability: score 1.5, expected in [0,1]");
}
