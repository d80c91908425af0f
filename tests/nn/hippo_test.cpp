#include "offprint/nn/hippo.h"

#include <ATen/ops/diag.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/outer.h>
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::nn;

namespace {
Tensor symmetric(const Tensor& A) { return A + A.t(); }
}  // namespace

TEST_CASE("hippo: the matrices by hand at the smallest orders") {
  const double r3 = std::sqrt(3.0), r2 = std::sqrt(2.0), w = 2 * M_PI;
  const auto matrix = [](std::vector<double> v, int64_t n) {
    return at::tensor(v, at::kDouble).reshape({n, n});
  };
  CHECK(max_abs_diff(hippo_legs(2).A, matrix({-1, 0, -r3, -2}, 2)) < 1e-14);
  CHECK(max_abs_diff(hippo_legt(2).A, matrix({-1, r3, -r3, -3}, 2)) < 1e-14);
  CHECK(max_abs_diff(hippo_legt(3).A[0], at::tensor({-1.0, r3, -std::sqrt(5.0)}, at::kDouble)) <
        1e-14);
  const Tensor fout = matrix({-2, 0, -2 * r2, 0, 0, 0, 0, 0, -2 * r2, 0, -4, -w, 0, 0, w, 0}, 4);
  CHECK(max_abs_diff(hippo_fout(4).A, fout) < 1e-14);
  CHECK(max_abs_diff(hippo_fout(4).B, at::tensor({2.0, 0.0, 2 * r2, 0.0}, at::kDouble)) < 1e-14);
  CHECK(max_abs_diff(hippo_foud(2).A, matrix({-0.5, 0, 0, -0.5}, 2)) < 1e-14);
  CHECK(max_abs_diff(hippo_lagt(2).A, matrix({-1, 0, -1, -1}, 2)) < 1e-14);
}

TEST_CASE("lmu is the Legendre memory unit's published matrix") {
  const DenseSsm lmu = hippo(Basis::lmu, 6);
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t j = 0; j < 6; ++j) {
      const double sign = i < j ? -1 : ((i - j) % 2 == 0 ? -1 : 1);
      CHECK(lmu.A[i][j].item<double>() ==
            doctest::Approx(sign * static_cast<double>(2 * i + 1)).epsilon(1e-12));
    }
  CHECK(lmu.B[3].item<double>() == doctest::Approx(-7));
}

TEST_CASE("generalised Laguerre: the tilt and alpha are those of the closed-form kernel") {
  const double alpha = 0.3, beta = 0.7, t = 0.8;
  const DenseSsm ssm = hippo_lagt(3, alpha, beta);
  const Tensor K = at::mv(at::linalg_matrix_exp(ssm.A * t), ssm.B);
  const double weight = std::exp(-(1 + beta) * t / 2) * std::pow(beta, (1 - alpha) / 2) /
                        std::sqrt(std::tgamma(1 - alpha));
  const double L[] = {1, 1 + alpha - t,
                      t * t / 2 - (alpha + 2) * t + (alpha + 1) * (alpha + 2) / 2};
  for (int64_t n = 0; n < 3; ++n) {
    const double order = static_cast<double>(n);
    const double scale = std::sqrt(std::tgamma(order + alpha + 1) / std::tgamma(order + 1));
    CHECK(K[n].item<double>() == doctest::Approx(weight * L[n] / scale).epsilon(1e-12));
  }
}

TEST_CASE("what makes them orthogonal: A + A^T + B B^T is known for each basis") {
  const int64_t n = 16;
  const DenseSsm legs = hippo_legs(n), legt = hippo_legt(n), fout = hippo_fout(n);
  const Tensor one = at::eye(n, legs.A.options());
  // The measure e^-t of LegS; FouT's covariance is the identity; LegT lacks the leaving edge.
  CHECK(max_abs_diff(symmetric(legs.A) + at::outer(legs.B, legs.B), -one) < 1e-12);
  CHECK(max_abs_diff(symmetric(fout.A) + at::outer(fout.B, fout.B), 0 * one) < 1e-12);
  const Tensor edge = legt.B * (1 - 2 * at::arange(n, legt.B.options()).remainder(2));
  CHECK(max_abs_diff(symmetric(legt.A) + at::outer(legt.B, legt.B), -at::outer(edge, edge)) <
        1e-12);
}

TEST_CASE("state_covariance: solves Lyapunov's equation, half of LegS, one of FouT") {
  for (const Basis basis : {Basis::legs, Basis::legt, Basis::foud, Basis::lagt}) {
    const DenseSsm ssm = hippo(basis, 12);
    const Tensor P = state_covariance(ssm);
    const Tensor rest = at::matmul(ssm.A, P) + at::matmul(P, ssm.A.t()) + at::outer(ssm.B, ssm.B);
    CHECK(rest.abs().max().item<double>() < 1e-10);
  }
  CHECK(max_abs_diff(state_covariance(hippo_legs(20)).diagonal(),
                     at::full({20}, 0.5, at::kDouble)) < 1e-12);
  CHECK_THROWS_AS(state_covariance({at::eye(2, at::kDouble), at::ones({2}, at::kDouble)}), Error);
}

TEST_CASE("bilinear keeps the covariance at every step, ZOH only for short ones") {
  const DenseSsm ssm = hippo_legt(8);
  const Tensor P = state_covariance(ssm);
  const auto gap = [&](const DenseSsm& d, double dt) {
    return max_abs_diff(at::matmul(at::matmul(d.A, P), d.A.t()) + at::outer(d.B, d.B) / dt, P);
  };
  CHECK(gap(bilinear(ssm, 0.1), 0.1) < 1e-12);
  CHECK(gap(zero_order_hold(ssm, 0.1), 0.1) > 1e-3);
  CHECK(gap(zero_order_hold(ssm, 1e-4), 1e-4) < 1e-3);
}

TEST_CASE("zero_order_hold of LegS is exact for a constant, and bilinear agrees to second order") {
  const DenseSsm ssm = hippo_legs(6);
  const auto difference = [&](double dt) {
    return max_abs_diff(bilinear(ssm, dt).A, zero_order_hold(ssm, dt).A);
  };
  CHECK(difference(0.01) / difference(0.005) ==
        doctest::Approx(8).epsilon(0.05));  // a step's error
  const DenseSsm d = zero_order_hold(ssm, 0.3);
  Tensor constant = at::zeros({6}, at::kDouble);  // of u = 1 LegS keeps (1, 0, 0, ..)
  constant[0] = 1.0;
  CHECK(max_abs_diff(at::mv(d.A, constant) + d.B, constant) < 1e-12);
}

TEST_CASE("dense_kernels: the columns are exp(tA) B at every point") {
  const DenseSsm ssm = hippo_fout(6);
  const Tensor K = dense_kernels(ssm, 0.03, 11);
  for (const int64_t l : {0, 1, 7, 10})
    CHECK(max_abs_diff(K.select(1, l),
                       at::mv(at::linalg_matrix_exp(ssm.A * (0.03 * static_cast<double>(l))),
                              ssm.B)) < 1e-11);
}

TEST_CASE("nplr: every basis is V (lambda - P P^*) V^* with its B, eigenvectors unitary") {
  for (const Basis basis : {Basis::legs, Basis::legt, Basis::fout, Basis::foud, Basis::lagt}) {
    const int64_t n = 12;
    const DenseSsm ssm = hippo(basis, n);
    const Nplr form = nplr(basis, n);
    CHECK(form.P.size(0) == (basis == Basis::legt ? 2 : 1));
    const auto twice = [](const Tensor& t, int64_t dim) { return at::cat({t, t.conj()}, dim); };
    const Tensor V = twice(form.V, 1), P = twice(form.P, 1), B = twice(form.B, 0);
    const Tensor core = at::diag(twice(form.lambda, 0)) - at::matmul(P.t(), P.conj());
    const Tensor A = at::matmul(at::matmul(V, core), V.conj().t());
    CHECK(max_abs_diff(A, ssm.A.to(at::kComplexDouble)) < 1e-11);
    CHECK(max_abs_diff(at::mv(V, B), ssm.B.to(at::kComplexDouble)) < 1e-12);
    CHECK(max_abs_diff(at::matmul(V.conj().t(), V), at::eye(n, V.options())) < 1e-12);
  }
}

TEST_CASE("hippo: names both ways, and orders a basis does not have") {
  for (const std::string& name : basis_names()) CHECK(basis_name(parse_basis(name)) == name);
  CHECK_THROWS_WITH_AS(parse_basis("fourier"),
                       "basis: 'fourier', expected legs|scaled-legs|legt|fout|foud|lagt|lmu|chebt",
                       Error);
  CHECK_THROWS_AS(hippo(Basis::fout, 7), Error);
  CHECK_THROWS_AS(hippo(Basis::legs, 0), Error);
  CHECK_THROWS_AS(hippo_lagt(4, 1.5, 1), Error);
  CHECK_THROWS_WITH_AS(nplr(Basis::lmu, 8), "nplr: lmu is legt in other coordinates, expected legt",
                       Error);
  CHECK_THROWS_AS(nplr(hippo_legs(4), at::zeros({1, 4}, at::kDouble)), Error);
}
