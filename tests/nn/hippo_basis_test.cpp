#include "offprint/nn/hippo_basis.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/legendre.h"

using namespace offprint;
using namespace offprint::nn;

namespace {
Tensor grid(double ds, int64_t L) {
  return at::arange(L, at::TensorOptions().dtype(at::kDouble)) * ds;
}
// Relative error of the first `rows` kernels of order N between 5 % and 95 % of the window.
double inside_error(Basis basis, int64_t N, int64_t rows) {
  const Tensor dense = dense_kernels(hippo(basis, N), 1e-3, 1001).narrow(0, 0, rows);
  const Tensor closed = basis_kernels(basis, N, grid(1e-3, 1001)).narrow(0, 0, rows);
  return relative_error(dense.narrow(1, 50, 901), closed.narrow(1, 50, 901));
}
}  // namespace

TEST_CASE("exact kernels: exp(tA) B of LegS, FouD and Laguerre in closed form to 1e-8") {
  for (const Basis basis : {Basis::legs, Basis::foud, Basis::lagt})
    CHECK(max_abs_diff(dense_kernels(hippo(basis, 16), 0.01, 600),
                       basis_kernels(basis, 16, grid(0.01, 600))) < 1e-8);
}

TEST_CASE("LegT and FouT tend to their closed form inside the window as the order grows") {
  for (const Basis basis : {Basis::legt, Basis::fout}) {
    CHECK(inside_error(basis, 128, 4) < 0.04);
    CHECK(inside_error(basis, 128, 4) < 0.6 * inside_error(basis, 32, 4));
  }
}

TEST_CASE("lmu and chebt say what LegT says, in other coordinates") {
  const Tensor s = grid(0.05, 20);
  const Tensor u_legt = at::matmul(dense_kernels(hippo(Basis::legt, 10), 0.05, 20).t(),
                                   basis_functions(Basis::legt, 10, s));
  for (const Basis basis : {Basis::lmu, Basis::chebt}) {
    const Tensor u =
        at::matmul(dense_kernels(hippo(basis, 10), 0.05, 20).t(), basis_functions(basis, 10, s));
    CHECK(relative_error(u, u_legt) < 1e-9);
    // Kernels and functions are biorthogonal on the window.
    const auto [nodes, weights] = kernels::gauss_legendre(10);
    const Tensor pairing = at::matmul(basis_kernels(basis, 10, nodes) * weights,
                                      basis_functions(basis, 10, nodes).t());
    CHECK(max_abs_diff(pairing, at::eye(10, pairing.options())) < 1e-11);
  }
}

TEST_CASE("functions are orthonormal under their measure") {
  const auto [s, weights] = kernels::gauss_legendre(80);
  for (const Basis basis : {Basis::legt, Basis::scaled_legs, Basis::fout}) {
    const Tensor p = basis_functions(basis, 20, s);
    Tensor expected = at::eye(20, p.options());
    if (basis == Basis::fout) expected[1][1] = 0.0;  // the sine of frequency 0
    CHECK(max_abs_diff(at::matmul(p * weights, p.t()), expected) < 1e-10);
  }
  const Tensor legs = basis_functions(Basis::legs, 20, -s.log());  // ds e^-s = d(e^-s)
  CHECK(max_abs_diff(at::matmul(legs * weights, legs.t()), at::eye(20, legs.options())) < 1e-10);
  const Tensor far = 60 * s, lagt = basis_functions(Basis::lagt, 6, far);
  const Tensor measure = 60 * weights * basis_measure(Basis::lagt, far);
  CHECK(max_abs_diff(at::matmul(lagt * measure, lagt.t()), at::eye(6, lagt.options())) < 1e-10);
}

TEST_CASE("the numerical kernels of LegS are orthonormal at order 32") {
  CHECK(max_abs_diff(legs_gram(32), at::eye(32, at::kDouble)) < 1e-3);
}

TEST_CASE("best_coefficients: recovers a combination, leaves the smallest rest otherwise") {
  Rng rng(1);
  const Tensor F = basis_functions(Basis::fout, 8, grid(0.01, 100)),
               c = rng.normal({3, 8}, at::kDouble);
  const Tensor found = best_coefficients(F, at::matmul(c, F));
  CHECK(relative_error(at::matmul(found, F), at::matmul(c, F)) < 1e-12);
  const Tensor u = rng.normal({1, 100}, at::kDouble),
               rest = u - at::matmul(best_coefficients(F, u), F);
  CHECK(at::matmul(F, rest.t()).abs().max().item<double>() < 1e-10);
  CHECK_THROWS_AS(best_coefficients(F, at::zeros({1, 99}, at::kDouble)), Error);
}

TEST_CASE("sawtooth_rest: with the sines it leaves out it is the sawtooth") {
  const Tensor s = grid(0.01, 100) + 0.005;
  const Tensor F = basis_functions(Basis::fout, 16, s);
  const Tensor sines = best_coefficients(F, (0.5 - s - sawtooth_rest(16, s)).unsqueeze(0));
  CHECK(relative_error(at::matmul(sines, F)[0] + sawtooth_rest(16, s), 0.5 - s) < 1e-12);
  CHECK(sines[0][3].item<double>() == doctest::Approx(std::sqrt(2.0) / (2 * M_PI)));
}

TEST_CASE("basis_functions: lags outside the window are errors") {
  CHECK_THROWS_WITH_AS(basis_functions(Basis::legt, 4, at::tensor({0.0, 1.5}, at::kDouble)),
                       "basis_functions: lags 0 to 1.5 windows of legt, expected 0 to 1", Error);
  CHECK_THROWS_AS(basis_functions(Basis::legs, 4, at::tensor({-1.0}, at::kDouble)), Error);
  CHECK_NOTHROW(basis_functions(Basis::legs, 4, at::tensor({7.0}, at::kDouble)));
}
