#include "offprint/core/numbers.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/rng.h"

using namespace offprint;

TEST_CASE("numbers: entries in order, of a view and of another type") {
  const Tensor t = at::arange(6).view({2, 3}).t();
  CHECK(numbers(t) == std::vector<double>{0, 3, 1, 4, 2, 5});
}

TEST_CASE("median: the middle one, NaN of none") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 3);
  CHECK(std::isnan(median({})));
}

TEST_CASE(
    "mean with error: one over the square root of the draws; neighbours that repeat are one") {
  const Tensor x = Rng(1).normal({4000}, at::kDouble);
  const MeanError alone = mean_with_error(x);
  CHECK(alone.standard_error == doctest::Approx(1 / std::sqrt(4000.0)).epsilon(0.05));
  const Tensor repeated = x.unsqueeze(1).expand({4000, 4}).reshape({-1});
  CHECK(mean_with_error(repeated).standard_error < 0.6 * alone.standard_error);
  CHECK(mean_with_error(repeated, 4).standard_error == doctest::Approx(alone.standard_error));
  CHECK(mean_with_error(repeated, 4).mean == doctest::Approx(alone.mean));
}

TEST_CASE("a line through points that lie on one, and through points on one x") {
  const LineFit line = fit_line(std::vector<double>{0, 1, 4}, std::vector<double>{3, 1, -5});
  CHECK(line.slope == doctest::Approx(-2));
  CHECK(line.intercept == doctest::Approx(3));
  CHECK(line.r_squared == doctest::Approx(1));
  CHECK(std::isnan(fit_line(std::vector<double>{2, 2}, std::vector<double>{0, 1}).slope));
}
