#include "offprint/kernels/legendre.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("legendre: the first four polynomials by hand, and one at either end") {
  const Tensor x = at::tensor({-1.0, -0.3, 0.0, 0.5, 1.0}, at::kDouble);
  const Tensor P = legendre(4, x);
  CHECK(max_abs_diff(P[0], at::ones_like(x)) == 0);
  CHECK(max_abs_diff(P[1], x) == 0);
  CHECK(max_abs_diff(P[2], (3 * x * x - 1) / 2) < 1e-15);
  CHECK(max_abs_diff(P[3], (5 * x * x * x - 3 * x) / 2) < 1e-15);
  CHECK(max_abs_diff(legendre(200, x).select(1, 4), at::ones({200}, at::kDouble)) < 1e-12);
  CHECK(legendre(1, x).size(0) == 1);
}

TEST_CASE("gauss_legendre: orthogonality of the polynomials to the last digits") {
  for (const int64_t n : {1, 2, 33, 64}) {
    const auto [nodes, weights] = gauss_legendre(n);
    const Tensor root = (2 * at::arange(n, nodes.options()) + 1).sqrt().unsqueeze(1);
    const Tensor p = root * legendre(n, 2 * nodes - 1);
    CHECK(max_abs_diff(at::matmul(p * weights, p.t()), at::eye(n, p.options())) < 1e-12);
  }
  // x^5 has degree 5 < 2 * 3.
  const auto [nodes, weights] = gauss_legendre(3);
  CHECK((weights * nodes.pow(5)).sum().item<double>() == doctest::Approx(1.0 / 6).epsilon(1e-14));
}

TEST_CASE("legendre: no polynomials and no nodes are errors") {
  CHECK_THROWS_AS(legendre(0, at::zeros({3})), Error);
  CHECK_THROWS_AS(gauss_legendre(0), Error);
}
