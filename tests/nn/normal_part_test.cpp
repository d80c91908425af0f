#include "offprint/nn/normal_part.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/nn/hippo.h"

using namespace offprint;
using namespace offprint::nn;

TEST_CASE("legs_basis: Legendre polynomials of e^-t are the rows of exp(tA) B") {
  const DenseSsm legs = hippo_legs(8);
  for (const double t : {0.0, 0.1, 1.0, 3.0}) {
    const Tensor dense = at::matmul(at::linalg_matrix_exp(legs.A * t), legs.B);
    for (int64_t n = 0; n < 8; ++n)
      CHECK(max_abs_diff(legs_basis(n, at::full({1}, t, at::kDouble)), dense[n].reshape({1})) <
            1e-9);
  }
}

TEST_CASE("normal_basis equals the dense matrix exponential of the normal part") {
  const DenseSsm legs = hippo_legs(8);
  const Tensor P = (at::arange(8, legs.A.options()) + 0.5).sqrt().unsqueeze(0);
  const Tensor normal = legs.A + at::matmul(P.t(), P);
  for (const int64_t n : {0, 3, 7})
    for (const int64_t l : {0, 1, 9}) {
      const double t = 0.1 * static_cast<double>(l);
      const Tensor dense = at::matmul(at::linalg_matrix_exp(normal * t), legs.B / 2)[n];
      CHECK(max_abs_diff(normal_basis(n, 8, 0.1, 10)[l], dense) < 1e-10);
    }
}

TEST_CASE("the kernels of LegS and its normal part stay O(1) apart at every order") {
  for (const int64_t N : {16, 64, 256, 512}) {
    const double off = normal_kernel_error(0, N, 0.002, 10.0);
    CHECK(off > 0.4);
    CHECK(off < 1.0);
  }
}

TEST_CASE("their responses to a band-limited input meet: <= 3 % at N 64, falling like 1/N") {
  const double at_64 = normal_response_error(0, 64, 0.02, 20.0);
  CHECK(at_64 <= 0.03);
  CHECK(normal_response_error(0, 16, 0.02, 20.0) / at_64 > 3);
  CHECK(at_64 / normal_response_error(0, 256, 0.02, 20.0) > 3);
  CHECK(normal_response_error(3, 256, 0.02, 20.0) < normal_response_error(3, 64, 0.02, 20.0));
}

TEST_CASE("normal part: rows outside the order and empty grids are errors") {
  CHECK_THROWS_AS(normal_basis(8, 8, 0.1, 10), Error);
  CHECK_THROWS_AS(normal_kernel_error(0, 8, 0.0, 10.0), Error);
}
