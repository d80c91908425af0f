#include "offprint/nn/ssm_init.h"

#include <ATen/ops/imag.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/nn/hippo.h"

using namespace offprint;
using namespace offprint::nn;

TEST_CASE("HiPPO-LegS: the first entries by hand") {
  const DenseSsm legs = hippo_legs(3);
  const double r3 = std::sqrt(3.0), r5 = std::sqrt(5.0);
  const Tensor A = at::tensor({-1.0, 0.0, 0.0, -r3, -2.0, 0.0, -r5, -r3 * r5, -3.0}, at::kDouble);
  CHECK(max_abs_diff(legs.A, A.reshape({3, 3})) < 1e-14);
  CHECK(max_abs_diff(legs.B, at::tensor({1.0, r3, r5}, at::kDouble)) < 1e-14);
}

TEST_CASE("nplr: eigenvectors of the normal part rebuild A, B and P of LegS") {
  for (const int64_t n : {2, 16, 64}) {
    const DenseSsm legs = hippo_legs(n);
    const Nplr form = nplr_legs(n);
    const auto real_sum = [&](const Tensor& half) {
      return 2 * at::real(at::matmul(form.V, half.unsqueeze(-1))).squeeze(-1);
    };
    CHECK(max_abs_diff(real_sum(form.B), legs.B) < 1e-10);
    const Tensor P = real_sum(form.P.select(0, 0));
    const Tensor normal =
        2 * at::real(at::matmul(form.V * form.lambda.unsqueeze(0), form.V.t().conj()));
    CHECK(max_abs_diff(normal - at::matmul(P.unsqueeze(1), P.unsqueeze(0)), legs.A) < 1e-9);
    CHECK(max_abs_diff(at::real(form.lambda), at::full({n / 2}, -0.5, at::kDouble)) < 1e-12);
    CHECK(at::imag(form.lambda).min().item<double>() > 0);
  }
}

TEST_CASE("nplr refuses a matrix whose sum is not normal in the wanted way, and odd orders") {
  CHECK_THROWS_AS(nplr(hippo_legs(4), at::ones({1, 4}, at::kDouble)), Error);
  CHECK_THROWS_AS(nplr_legs(5), Error);
}

TEST_CASE("diagonal inits follow the paper's table") {
  Rng rng(1);
  const auto A = [&](const char* name, double scale = 1.0) {
    return make_diagonal_ssm(name, 2, 8, rng, scale).A.select(0, 1);
  };
  const Tensor n = at::arange(4, at::TensorOptions().dtype(at::kDouble));
  const Tensor half = at::full({4}, -0.5, at::kDouble);
  constexpr double pi = std::numbers::pi;
  CHECK(max_abs_diff(A("lin"), at::complex(half, pi * n)) < 1e-14);
  CHECK(max_abs_diff(A("lin", 2.0), at::complex(half, 2 * pi * n)) < 1e-14);
  CHECK(max_abs_diff(A("inv"), at::complex(half, 8 / pi * (8 / (2 * n + 1) - 1))) < 1e-14);
  CHECK(max_abs_diff(A("quad"), at::complex(half, (2 * n + 1).square() / pi)) < 1e-14);
  CHECK(max_abs_diff(A("real"), at::complex(-(n + 1), at::zeros_like(n))) < 1e-14);
  CHECK(max_abs_diff(at::real(A("rand")), half) < 1e-14);
  CHECK(at::imag(A("rand")).min().item<double>() > 0);
  CHECK(make_diagonal_ssm("legs", 1, 64, rng).B.abs().max().item<double>() <= std::sqrt(8.0));
}

TEST_CASE("LegS frequencies approach the Inv law: the largest is near N^2/pi") {
  Rng rng(2);
  const Tensor frequency = at::imag(make_diagonal_ssm("legs", 1, 256, rng).A);
  CHECK(frequency.max().item<double>() ==
        doctest::Approx(256.0 * 256.0 / std::numbers::pi).epsilon(0.02));
}

TEST_CASE("make_log_dt stays in its range and fills it") {
  Rng rng(3);
  const Tensor dt = at::exp(make_log_dt(2000, 1e-3, 1e-1, rng));
  CHECK(dt.min().item<double>() >= 1e-3);
  CHECK(dt.max().item<double>() <= 1e-1);
  CHECK((dt < 1e-2).to(at::kDouble).mean().item<double>() == doctest::Approx(0.5).epsilon(0.1));
  CHECK_THROWS_AS(make_log_dt(4, 0.1, 0.01, rng), Error);
}
