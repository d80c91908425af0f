#include "offprint/nn/ssm_discretize.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

namespace {
Tensor complex_normal(Rng& rng, at::IntArrayRef shape) {
  return at::complex(rng.normal(shape, at::kDouble), rng.normal(shape, at::kDouble));
}
Tensor stable(Rng& rng, at::IntArrayRef shape) {
  return at::complex(-rng.uniform(shape, 0.2, 1.0, at::kDouble),
                     3 * rng.normal(shape, at::kDouble));
}
}  // namespace

TEST_CASE("ZOH is exact for an input held over each step") {
  Rng rng(1);
  const Tensor A = stable(rng, {1, 1}), B = complex_normal(rng, {1, 1});
  const double dt = 0.3;
  const DiscreteDiagonal d = discretize_zoh(A, B, at::full({1}, dt, at::kDouble));

  c10::complex<double> x(0.7, -0.2);
  const auto a = A.item<c10::complex<double>>(), b = B.item<c10::complex<double>>();
  const auto one_step =
      at::exp(d.log_a).item<c10::complex<double>>() * x + d.B.item<c10::complex<double>>();
  const int parts = 2000;
  const double h = dt / parts;
  for (int i = 0; i < parts; ++i) {  // classical Runge-Kutta of order 4
    const auto f = [&](c10::complex<double> y) { return a * y + b; };
    const auto k1 = f(x), k2 = f(x + k1 * (h / 2)), k3 = f(x + k2 * (h / 2)), k4 = f(x + k3 * h);
    x += (k1 + k2 * 2.0 + k3 * 2.0 + k4) * (h / 6);
  }
  CHECK(std::abs(one_step - x) < 1e-11);
}

TEST_CASE("ZOH and bilinear differ by O(dt^2) over one unit of time: halving dt quarters the gap") {
  Rng rng(2);
  const Tensor A = stable(rng, {1, 4}), B = complex_normal(rng, {1, 4});
  const auto response = [&](const char* rule, int64_t steps) {  // of a smooth input, at t = 1
    const double dt = 1.0 / static_cast<double>(steps);
    const DiscreteDiagonal d = discretize(rule, A, B, at::full({1}, dt, at::kDouble));
    const Tensor a = at::exp(d.log_a);
    Tensor x = at::zeros_like(A);
    for (int64_t k = 0; k < steps; ++k)
      x = a * x + d.B * std::sin(2.0 * (static_cast<double>(k) + 0.5) * dt);
    return x;
  };
  const auto gap = [&](int64_t steps) {
    return max_abs_diff(response("zoh", steps), response("bilinear", steps));
  };
  const double coarse = gap(64), fine = gap(128);
  CHECK(coarse < 0.05);
  CHECK(coarse / fine == doctest::Approx(4.0).epsilon(0.1));
}

TEST_CASE("complex_expm1 keeps its digits near zero and its gradient is exact") {
  const Tensor x = at::complex(at::full({1}, -1e-9, at::kDouble), at::full({1}, 1e-8, at::kDouble));
  const Tensor series = x + x * x / 2;
  CHECK(relative_error(complex_expm1(x), series) < 1e-15);
  Rng rng(3);
  const Tensor z = complex_normal(rng, {4});
  CHECK(max_abs_diff(complex_expm1(z), at::exp(z) - 1) < 1e-14);
  z.requires_grad_();
  const auto f = [](const Tensors& t) {
    return at::view_as_real(complex_expm1(t[0]).resolve_conj());
  };
  CHECK(gradient_check(f, {z}) < 1e-8);
}

TEST_CASE("discretize: unknown rules and wrong shapes are named") {
  Rng rng(4);
  const Tensor A = stable(rng, {2, 3});
  const Tensor dt = at::full({2}, 0.1, at::kDouble);
  CHECK_THROWS_WITH_AS(discretize("euler", A, A, dt),
                       "discretization: 'euler', expected zoh|bilinear", Error);
  CHECK_THROWS_WITH_AS(discretize("zoh", A, A, at::ones({3})),
                       "discretize: dt is (3), expected (2)", Error);
  CHECK_THROWS_AS(discretize("zoh", A, A.narrow(1, 0, 2), dt), Error);
}
