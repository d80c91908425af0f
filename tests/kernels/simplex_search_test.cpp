#include "offprint/kernels/simplex_search.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("golden section: the bottom of a valley, also at its edge") {
  const Minimum inside = golden_section([](double x) { return std::cosh(x - 0.3); }, -2, 5, 1e-7);
  CHECK(inside.x[0] == doctest::Approx(0.3).epsilon(1e-5));
  CHECK(inside.value == doctest::Approx(1));
  CHECK(golden_section([](double x) { return x; }, 1, 2, 1e-6).x[0] ==
        doctest::Approx(1).epsilon(1e-5));
  CHECK_THROWS_WITH_AS(golden_section([](double x) { return x; }, 1, 1),
                       "golden_section: 1 to 1, expected low < high", Error);
}

TEST_CASE("Nelder-Mead: Rosenbrock's valley, and walls it must not cross") {
  const auto valley = [](std::span<const double> x) {
    return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
  };
  const std::vector<double> step = {0.5, 0.5};
  const Minimum best = nelder_mead(valley, {-1.2, 1}, step, 500, 1e-14);
  CHECK(best.x[0] == doctest::Approx(1).epsilon(1e-4));
  CHECK(best.x[1] == doctest::Approx(1).epsilon(1e-4));
  const auto walled = [&](std::span<const double> x) {
    return x[0] > 0.5 ? std::numeric_limits<double>::quiet_NaN() : valley(x);
  };
  CHECK(nelder_mead(walled, {-1.2, 1}, step, 1000, 1e-14).x[0] ==
        doctest::Approx(0.5).epsilon(0.02));
  int calls = 0;
  nelder_mead(
      [&](std::span<const double> x) {
        ++calls;
        return x[0] * x[0];
      },
      {3}, std::vector<double>{1}, 20, 0);
  CHECK(calls <= 24);  // a shrink may run past the bound
}
