// The incomplete gamma function with its derivative in the order, which libraries do not have.
// Abramowitz & Stegun 1964, 6.5.29 (series) and 6.5.31 (continued fraction), on dual numbers.
#pragma once

namespace offprint::kernels {

struct Sloped {  // a value and its derivative in the order a
  double value = 0, slope = 0;
};

// P(a,x) = int_0^x t^(a-1) e^-t dt / Gamma(a). REQUIRES 0 < a < 20, x >= 0.
Sloped gamma_p(double a, double x);

// e^x Q(a,x), Q = 1 - P, without overflow for large x.
Sloped scaled_gamma_q(double a, double x);

// log Gamma(a).
Sloped log_gamma(double a);

}  // namespace offprint::kernels
