#include "offprint/kernels/incomplete_gamma.h"

#include <cmath>

namespace offprint::kernels {
namespace {

Sloped operator+(Sloped a, Sloped b) { return {a.value + b.value, a.slope + b.slope}; }
Sloped operator-(Sloped a, Sloped b) { return {a.value - b.value, a.slope - b.slope}; }
Sloped operator*(Sloped a, Sloped b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}
Sloped operator/(Sloped a, Sloped b) {
  const double v = a.value / b.value;
  return {v, (a.slope - v * b.slope) / b.value};
}
Sloped exp(Sloped a) {
  const double e = std::exp(a.value);
  return {e, e * a.slope};
}

constexpr double kSeriesEnd = 2;  // above it 1 - P loses digits

// x^a e^-x / Gamma(a+1)
Sloped front(double a, double x) {
  const Sloped log_x = {a * std::log(x) - x, std::log(x)};
  return exp(log_x - log_gamma(a + 1));
}

Sloped series(double a, double x) {  // P
  Sloped term = {1, 0}, sum = term;
  for (int n = 1; n < 500 && std::abs(term.value) > 1e-18 * sum.value; ++n) {
    term = term * (Sloped{x, 0} / Sloped{a + n, 1});
    sum = sum + term;
  }
  return front(a, x) * sum;
}

// e^x Q Gamma(a) / x^a = 1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ..))), from the far end: so
// many terms that what is left out is below rounding at x = 2.
Sloped fraction(double a, double x) {
  constexpr int kTerms = 120;
  Sloped tail = {0, 0};
  for (int n = kTerms; n >= 1; --n) {
    const Sloped numerator = {-n * (n - a), static_cast<double>(n)};
    tail = numerator / (Sloped{x + 2 * n + 1 - a, -1} + tail);
  }
  return Sloped{1, 0} / (Sloped{x + 1 - a, -1} + tail);
}

}  // namespace

Sloped log_gamma(double a) {
  // Digamma: up to where its asymptotic series is exact to rounding, then that series.
  double digamma = 0, z = a;
  for (; z < 12; z += 1) digamma -= 1 / z;
  const double w = 1 / (z * z);
  digamma += std::log(z) - 0.5 / z -
             w * (1.0 / 12 - w * (1.0 / 120 - w * (1.0 / 252 - w * (1.0 / 240 - w / 132))));
  return {std::lgamma(a), digamma};
}

Sloped scaled_gamma_q(double a, double x) {
  if (x == 0) return {1, 0};
  if (x < kSeriesEnd) return Sloped{std::exp(x), 0} * (Sloped{1, 0} - series(a, x));
  const Sloped log_x = {a * std::log(x), std::log(x)};
  return exp(log_x - log_gamma(a)) * fraction(a, x);
}

Sloped gamma_p(double a, double x) {
  if (x == 0) return {0, 0};
  if (x < kSeriesEnd) return series(a, x);
  return Sloped{1, 0} - Sloped{std::exp(-x), 0} * scaled_gamma_q(a, x);
}

}  // namespace offprint::kernels
