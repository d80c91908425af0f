#include "offprint/papers/statistics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::papers;

TEST_CASE("bootstrap: its interval of a mean covers the truth about as often as it says") {
  // 200 samples of 30 normals; a percentile interval undercovers a little at this size.
  int covered = 0;
  for (uint64_t trial = 0; trial < 200; ++trial) {
    Rng rng = Rng(1).split(trial);
    std::vector<double> sample;
    for (int i = 0; i < 30; ++i) sample.push_back(5 + rng.normal());
    const Interval ci = mean_over_seeds(sample, rng.split("bootstrap")).interval;
    covered += ci.low <= 5 && 5 <= ci.high;
  }
  CHECK(covered >= 176);  // 88 %; 95 % minus undercoverage and four binomial deviations
  CHECK(covered <= 199);
}

TEST_CASE("bootstrap: the same seed gives the same interval, one row its value") {
  const std::vector<double> values = {1, 4, 2, 8};
  const Interval a = mean_over_seeds(values, Rng(3)).interval;
  const Interval b = mean_over_seeds(values, Rng(3)).interval;
  CHECK(a.low == b.low);
  CHECK(a.high == b.high);
  CHECK(a.low >= 1);
  CHECK(a.high <= 8);
  const Estimate one = mean_over_seeds(std::vector<double>{7}, Rng(1));
  CHECK(one.interval.low == 7);
  CHECK(one.interval.high == 7);
  CHECK(spread_text(one) == "one seed");
  CHECK(spread_text({2, {1, 3}, 4}) == "95 % interval [1, 3], 4 seeds");
}

TEST_CASE("paired difference: what both seeds share does not widen the interval") {
  Rng rng(5);
  std::vector<double> a, b;
  for (int i = 0; i < 8; ++i) {
    const double common = 100 * rng.normal();
    a.push_back(common + 1), b.push_back(common);
  }
  const Estimate difference = paired_difference(a, b, Rng(2));
  CHECK(difference.value == doctest::Approx(1));
  CHECK(difference.interval.high - difference.interval.low < 1e-9);
  CHECK_THROWS_AS(paired_difference(a, std::vector<double>{1}, Rng(2)), Error);
}

TEST_CASE("slopes: exact lines and powers are found, R^2 is 1") {
  const std::vector<double> x = {1, 2, 3, 10};
  std::vector<double> line, power;
  for (const double v : x) line.push_back(3 * v - 2), power.push_back(0.5 * std::pow(v, -1.5));
  const SlopeFit straight = fit_slope(x, line, Rng(1));
  CHECK(straight.slope.value == doctest::Approx(3));
  CHECK(straight.intercept == doctest::Approx(-2));
  CHECK(straight.r_squared == doctest::Approx(1));
  CHECK(straight.slope.interval.low == doctest::Approx(3));
  CHECK(fit_exponent(x, power, Rng(1)).slope.value == doctest::Approx(-1.5));
}

TEST_CASE("slopes: by hand, three points") {
  // mean x 2, mean y 2; sxy = (-1)(-1) + 0 + 1*0 = 1... (y - 2) = -1, 1, 0; sxx = 2
  const std::vector<double> x = {1, 2, 3}, y = {1, 3, 2};
  const SlopeFit fit = fit_slope(x, y, Rng(1));
  CHECK(fit.slope.value == doctest::Approx(0.5));
  CHECK(fit.intercept == doctest::Approx(1.0));
  CHECK(fit.r_squared == doctest::Approx(0.25));
}

TEST_CASE("statistics: what cannot be answered is an error") {
  const std::vector<double> none, one = {1}, same = {2, 2}, two = {1, 2}, negative = {-1, 2};
  CHECK_THROWS_WITH(mean(none), "mean: no values, expected at least one");
  CHECK_THROWS_WITH(fit_slope(same, two, Rng(1)),
                    "fit_slope: 2 points on one x, expected at least two distinct x");
  CHECK_THROWS_WITH(fit_slope(one, two, Rng(1)), "fit_slope: 1 x and 2 y, expected pairs");
  CHECK_THROWS_WITH(fit_exponent(two, negative, Rng(1)), "fit_exponent: value -1, expected > 0");
  CHECK_THROWS_AS(bootstrap(
                      3, [](auto) { return 0.0; }, Rng(1), 1.5),
                  Error);
  const Interval nan = bootstrap(
      3, [](auto) { return std::nan(""); }, Rng(1));
  CHECK(std::isnan(nan.low));
}
