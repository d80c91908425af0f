#include "offprint/kernels/structured_solve.h"

#include <ATen/ops/diag.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/tril.h>
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

using Complex = c10::complex<double>;

std::vector<double> numbers(const Tensor& t) {
  const double* const data = t.const_data_ptr<double>();
  return {data, data + t.numel()};
}

template <class T>
Tensor random_vector(int64_t n, Rng& rng) {
  const Tensor re = rng.normal({n}, at::kDouble);
  if constexpr (std::is_same_v<T, double>)
    return re;
  else
    return at::complex(re, rng.normal({n}, at::kDouble));
}

// ||(M - h M A) y - M v|| over ||M v|| for the y that solve gives, in place.
template <class T>
double residual(const auto& solve, const Tensor& M, const Tensor& MA, T h, const Tensor& v) {
  Tensor y = v.clone();
  const std::span<T> entries(y.data_ptr<T>(), static_cast<size_t>(y.numel()));
  solve(entries, entries);
  const Tensor wide = M.to(v.scalar_type()), right = at::mv(wide, v);
  return relative_error(at::mv(wide - MA.to(v.scalar_type()) * h, y), right);
}

template <class T>
void check_all(Rng& rng, T unit) {
  for (const int64_t n : {2, 8, 64, 600})
    for (const double length : {1e-3, 0.1, 3.0}) {
      const T h = unit * length;
      const Tensor v = random_vector<T>(n, rng), one = at::eye(n, at::kDouble);
      const Tensor p = rng.uniform({n}, 0.5, 1.0, at::kDouble), d = p * p + 0.2;
      const Tensor lower = -(at::diag(d) + at::tril(at::outer(p, p), -1));
      SemiseparableSolve<T> prefix(numbers(d), numbers(p), numbers(p), unit);
      prefix.factor(h);
      CHECK(residual<T>(prefix, one, lower, h, v) < 1e-11);

      const Tensor side = rng.uniform({n - 1}, 0.1, 0.5, at::kDouble);
      Tensor middle = at::zeros({n}, at::kDouble);
      middle[0] += 0.5, middle[n - 1] += 0.5;
      const Tensor M = at::diag(middle) + at::diag(side, 1) - at::diag(side, -1);
      const InverseTridiagonalSolve<T> bands(numbers(-side), numbers(middle), numbers(side), h);
      CHECK(residual<T>(bands, M, -one, h, v) < 1e-10);  // M A = -I

      const Tensor w = 6.28 * at::arange(n / 2, one.options());
      Tensor turning = -at::outer(p, p) - 0.5 * one;
      for (int64_t i = 0; i < n / 2; ++i) {
        turning[2 * i][2 * i + 1] -= w[i];
        turning[2 * i + 1][2 * i] += w[i];
      }
      const RotationSolve<T> blocks(numbers(w), 0.5, numbers(p), h);
      CHECK(residual<T>(blocks, one, turning, h, v) < 1e-11);
    }
}

}  // namespace

TEST_CASE("structured solves: prefix sums, bands and blocks solve their dense systems") {
  Rng rng(1);
  check_all<double>(rng, 1.0);
}

TEST_CASE("structured solves: the same with complex steps") {
  Rng rng(2);
  check_all<Complex>(rng, Complex(0.25, -0.14));
}

TEST_CASE(
    "structured solves: steps that are not positive and tables of unequal length are errors") {
  CHECK_THROWS_WITH_AS(SemiseparableSolve<double>({1.0}, {1.0}, {1.0}, 0.0),
                       "structured_solve: step h 0, expected > 0", Error);
  CHECK_THROWS_AS(SemiseparableSolve<double>({1.0, 2.0}, {1.0}, {1.0}, 0.1), Error);
  CHECK_THROWS_AS(InverseTridiagonalSolve<double>({1.0}, {1.0}, {}, 0.1), Error);
  CHECK_THROWS_AS(RotationSolve<double>({1.0}, 0.0, {1.0}, 0.1), Error);
}
