#include "offprint/kernels/incomplete_gamma.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace offprint::kernels;

namespace {

// Composite Simpson of t^(a-1) e^-t after t = u^(1/a), smooth for a <= 1.
double by_quadrature(double a, double x) {
  constexpr int kParts = 20'000;
  const double end = std::pow(x, a), h = end / kParts;
  double sum = 0;
  for (int i = 0; i <= kParts; ++i) {
    const double f = std::exp(-std::pow(i * h, 1 / a));
    sum += f * (i == 0 || i == kParts ? 1 : i % 2 == 1 ? 4 : 2);
  }
  return sum * h / 3 / a / std::tgamma(a);
}

}  // namespace

TEST_CASE("incomplete gamma: values of half and whole orders in closed form") {
  for (const double x : {1e-6, 0.1, 1.0, 7.9, 8.1, 30.0}) {
    CAPTURE(x);
    CHECK(gamma_p(0.5, x).value == doctest::Approx(std::erf(std::sqrt(x))).epsilon(1e-13));
    CHECK(gamma_p(1, x).value == doctest::Approx(-std::expm1(-x)).epsilon(1e-13));
    CHECK(gamma_p(2, x).value ==
          doctest::Approx(-std::expm1(-x) - x * std::exp(-x)).epsilon(1e-12).scale(1e-3));
    CHECK(scaled_gamma_q(1, x).value == doctest::Approx(1).epsilon(1e-12));
    CHECK(scaled_gamma_q(2, x).value == doctest::Approx(1 + x).epsilon(1e-12));
  }
  CHECK(scaled_gamma_q(1, 1e6).value == doctest::Approx(1).epsilon(1e-12));
  CHECK(gamma_p(0.7, 0).value == 0);
}

TEST_CASE("incomplete gamma: orders between, against quadrature") {
  for (const double a : {0.6, 0.9})
    for (const double x : {0.05, 1.9, 2.1, 9.0}) {
      CAPTURE(a);
      CAPTURE(x);
      const double p = by_quadrature(a, x);
      CHECK(gamma_p(a, x).value == doctest::Approx(p).epsilon(1e-6));
      const double step = std::pow(x, a) * std::exp(-x) / std::tgamma(a + 1);  // to the next order
      CHECK(gamma_p(a + 1, x).value == doctest::Approx(p - step).epsilon(1e-6));
    }
}

TEST_CASE("incomplete gamma: slopes in the order are central differences") {
  constexpr double kStep = 1e-5;
  for (const double a : {0.52, 0.8, 1.2, 1.5, 2.48})
    for (const double x : {1e-4, 0.3, 1.99, 2.01, 40.0, 1e4}) {
      CAPTURE(a);
      CAPTURE(x);
      const auto difference = [&](auto&& f) {
        return (f(a + kStep, x).value - f(a - kStep, x).value) / (2 * kStep);
      };
      const double p = difference(gamma_p), q = difference(scaled_gamma_q);
      CHECK(std::abs(gamma_p(a, x).slope - p) < 1e-8 * (1 + std::abs(p)));
      CHECK(std::abs(scaled_gamma_q(a, x).slope - q) < 1e-8 * (1 + std::abs(q)));
    }
  CHECK(log_gamma(1).slope == doctest::Approx(-0.57721566490153286).epsilon(1e-13));
}
