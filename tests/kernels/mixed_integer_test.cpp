#include "offprint/kernels/mixed_integer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A knapsack of several limits over 0/1 columns, and its best value among all 2^n.
MixedInteger knapsack(int n, int limits, Rng& rng) {
  MixedInteger p;
  p.low.assign(static_cast<size_t>(n), 0), p.high.assign(static_cast<size_t>(n), 1);
  p.integer.assign(static_cast<size_t>(n), true);
  for (int j = 0; j < n; ++j) p.objective.push_back(static_cast<double>(1 + rng.integer(20)));
  for (int k = 0; k < limits; ++k) {
    LinearRow row{{}, {}, -kInfinity, 0};
    for (int j = 0; j < n; ++j) {
      row.columns.push_back(j), row.values.push_back(static_cast<double>(1 + rng.integer(20)));
      row.high += row.values.back() / 3;
    }
    p.rows.push_back(row);
  }
  return p;
}
double best_of_all(const MixedInteger& p) {
  const size_t n = p.objective.size();
  double best = -kInfinity;
  for (size_t subset = 0; subset < size_t{1} << n; ++subset) {
    const auto sum = [&](const std::vector<double>& values) {
      double s = 0;
      for (size_t j = 0; j < n; ++j) s += (subset >> j & 1) != 0 ? values[j] : 0;
      return s;
    };
    if (std::ranges::all_of(p.rows, [&](const LinearRow& r) { return sum(r.values) <= r.high; }))
      best = std::max(best, sum(p.objective));
  }
  return best;
}

}  // namespace

TEST_CASE("mixed integer: knapsacks reach the best of all subsets") {
  if (!has_mixed_integer()) return;
  Rng rng{3};
  for (int trial = 0; trial < 20; ++trial) {
    const MixedInteger p = knapsack(12, 1 + trial % 4, rng);
    for (const bool whole : {false, true}) {
      const MixedIntegerResult r = solve(p, {.whole = whole, .probe = !whole || trial % 2 == 0});
      CHECK(r.proved);
      REQUIRE(r.best.has_value());
      CHECK(r.best->value == doctest::Approx(best_of_all(p)));
      CHECK(r.upper == doctest::Approx(r.best->value));
    }
  }
}

TEST_CASE("mixed integer: a disc known by its cuts alone holds its best grid point") {
  if (!has_mixed_integer()) return;
  const double radius = 7.3;
  for (const double angle : {0.1, 0.7, 1.3, 2.9}) {
    MixedInteger p{{std::cos(angle), std::sin(angle)}, {-20, -20}, {20, 20}, {true, true}, {}};
    MixedIntegerOptions o;
    o.cuts = [&](std::span<const double> x) {
      std::vector<LinearRow> cuts;
      const double norm = std::hypot(x[0], x[1]);
      if (norm > radius + 1e-9)
        cuts.push_back({{0, 1}, {x[0] / norm, x[1] / norm}, -kInfinity, radius});
      return cuts;
    };
    const MixedIntegerResult r = solve(p, o);
    double best = -kInfinity;
    for (int a = -20; a <= 20; ++a)
      for (int b = -20; b <= 20; ++b)
        if (std::hypot(a, b) <= radius)
          best = std::max(best, std::cos(angle) * a + std::sin(angle) * b);
    CHECK(r.proved);
    CHECK(r.best->value == doctest::Approx(best));
    CHECK(r.cuts > 0);
  }
}

TEST_CASE("mixed integer: stopped early, the bounds still hold the best") {
  if (!has_mixed_integer()) return;
  Rng rng{8};
  const MixedInteger p = knapsack(14, 5, rng);
  const double best = best_of_all(p);
  for (const int64_t nodes : {1, 3, 10, 30}) {
    MixedIntegerOptions o;
    o.stop = [&](int64_t n, double, double) { return n > nodes; };
    const MixedIntegerResult r = solve(p, o);
    CHECK(r.upper >= best - 1e-9);
    CHECK((!r.best || r.best->value <= best + 1e-9));
  }
}

TEST_CASE("mixed integer: no solution, and programs that make none") {
  if (!has_mixed_integer()) return;
  MixedInteger p{{1}, {0}, {1}, {true}, {{{0}, {1}, 0.4, 0.6}}};
  const MixedIntegerResult r = solve(p);
  CHECK(!r.best);
  CHECK(r.proved);
  p.high[0] = kInfinity;
  CHECK_THROWS_AS(solve(p), Error);
  p.integer[0] = false, p.rows.clear();
  CHECK_THROWS_AS(solve(p), Error);
  p.rows = {{{1}, {1}, 0, 1}};
  CHECK_THROWS_AS(solve(p), Error);
}
