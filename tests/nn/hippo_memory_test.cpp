#include "offprint/nn/hippo_memory.h"

#include <ATen/ops/mv.h>
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/nn/hippo_basis.h"

using namespace offprint;
using namespace offprint::nn;

namespace {
Tensor lags(int64_t n) { return at::arange(n, at::TensorOptions().dtype(at::kDouble)); }

// Slow waves, S streams of L samples.
Tensor waves(int64_t S, int64_t L, double cycles_per_window, double window, Rng rng) {
  const Tensor t = lags(L) / window;
  Tensor u = at::zeros({S, L}, at::kDouble);
  for (int64_t s = 0; s < S; ++s)
    for (int i = 0; i < 8; ++i)
      u[s] += (2 * M_PI * (rng.uniform() * cycles_per_window * t + rng.uniform())).cos() / 2;
  return u;
}
Tensor newest_first(const Tensor& u, int64_t n) { return u.narrow(1, u.size(1) - n, n).flip(1); }
}  // namespace

TEST_CASE("structured updates are the dense bilinear update to 1e-8, at small and large orders") {
  for (const Basis basis :
       {Basis::legs, Basis::legt, Basis::fout, Basis::foud, Basis::lagt, Basis::lmu, Basis::chebt})
    for (const int64_t N : {8, 64, 256}) {
      if (basis == Basis::chebt && N > 64) continue;  // its coordinates are no better conditioned
      const double window = 300;
      const Tensor u = Rng(1).normal({2, 400}, at::kDouble);
      Hippo memory = make_hippo(basis, N, window, 2);
      update(memory, u);
      const DenseSsm d = bilinear(hippo(basis, N), 1 / window);
      Tensor x = at::zeros({N}, at::kDouble);
      for (int64_t l = 0; l < 400; ++l) x = at::mv(d.A, x) + d.B * u[1][l];
      CHECK(relative_error(coefficients(memory)[1], x) < 1e-8);
    }
}

TEST_CASE("the Pade rule is its dense rational, and exact updates far more closely than bilinear") {
  for (const Basis basis :
       {Basis::legs, Basis::legt, Basis::fout, Basis::foud, Basis::lagt, Basis::chebt}) {
    const int64_t N = 16;
    const double dt = 1.0 / 60;
    const DenseSsm ssm = hippo(basis, N);
    const Tensor u = Rng(8).normal({1, 100}, at::kDouble), one = at::eye(N, ssm.A.options());
    Hippo memory = make_hippo(basis, N, 60, 1, Rule::pade), coarse = make_hippo(basis, N, 60);
    update(memory, u);
    update(coarse, u);
    const Tensor z = ssm.A * dt, q = one - z / 2 + at::matmul(z, z) / 12;
    const DenseSsm exact = zero_order_hold(ssm, dt);
    Tensor x = at::zeros({N}, at::kDouble), held = x;
    for (int64_t l = 0; l < 100; ++l) {
      x = x + at::linalg_solve(q, at::mv(z, x) + ssm.B * dt * u[0][l]);
      held = at::mv(exact.A, held) + exact.B * u[0][l];
    }
    CHECK(relative_error(coefficients(memory)[0], x) < 1e-9);
    CHECK(relative_error(x, held) < 0.2 * relative_error(coefficients(coarse)[0], held));
  }
}

TEST_CASE("many waves a window: the Pade rule keeps their phase where bilinear loses it") {
  const int64_t W = 168;
  const Tensor t = lags(3 * W), u = (2 * M_PI * t / 24).sin().unsqueeze(0);
  const auto error = [&](Rule rule) {
    Hippo memory = make_hippo(Basis::legt, 40, W, 1, rule);
    update(memory, u);
    return relative_error(reconstruct(memory, lags(W)), newest_first(u, W));
  };
  CHECK(error(Rule::bilinear) > 0.1);
  CHECK(error(Rule::pade) < 0.01);
}

TEST_CASE("scaled LegS: each step is the dense bilinear step in the logarithm of time") {
  const int64_t N = 32;
  Hippo memory = make_hippo(Basis::scaled_legs, N, 1);
  Tensor x = at::zeros({N}, at::kDouble);
  Rng rng(2);
  for (int64_t k = 0; k < 50; ++k) {
    const double u = rng.normal();
    update(memory, u);
    if (k == 0) {
      x[0] = u;
      continue;
    }
    const DenseSsm d = bilinear(hippo_legs(N), std::log1p(1.0 / static_cast<double>(k)));
    x = at::mv(d.A, x) + d.B * u;
  }
  CHECK(relative_error(coefficients(memory)[0], x) < 1e-8);
}

TEST_CASE("one sample at a time, in pieces and at once are the same") {
  const Tensor u = Rng(3).normal({1, 40}, at::kDouble);
  for (const Basis basis : {Basis::scaled_legs, Basis::legt}) {
    Hippo at_once = make_hippo(basis, 10, 20), pieces = at_once, single = at_once;
    update(at_once, u);
    update(pieces, u.narrow(1, 0, 13));
    const Hippo forked = pieces;
    update(pieces, u.narrow(1, 13, 27));
    for (int64_t l = 0; l < 40; ++l) update(single, u[0][l].item<double>());
    CHECK(max_abs_diff(coefficients(pieces), coefficients(at_once)) == 0);
    CHECK(max_abs_diff(coefficients(single), coefficients(at_once)) == 0);
    CHECK(forked.steps == 13);  // a copy is a memory of its own
    CHECK(max_abs_diff(coefficients(forked), coefficients(pieces)) > 0.01);
  }
}

TEST_CASE("LegT and FouT give back slow waves of the last window") {
  const int64_t W = 500;
  const Tensor u = waves(20, 3 * W, 4, W, Rng(4)), past = newest_first(u, W);
  Hippo legt = make_hippo(Basis::legt, 64, W, 20), fout = make_hippo(Basis::fout, 64, W, 20);
  update(legt, u);
  update(fout, u);
  CHECK(relative_error(reconstruct(legt, lags(W)), past) < 0.02);
  const Tensor plain = reconstruct(fout, lags(W));
  CHECK(relative_error(plain.narrow(1, 25, 450), past.narrow(1, 25, 450)) < 0.05);
  // The ends ring; the known jump takes most of that away.
  CHECK(relative_error(reconstruct_with_jump(fout, lags(W)), past) <
        0.7 * relative_error(plain, past));
}

TEST_CASE("scaled LegS holds all the past nearly as well as the best polynomial") {
  const int64_t L = 1000;
  const Tensor u = waves(10, L, 8, L, Rng(5)) + 0.05 * Rng(6).normal({10, L}, at::kDouble);
  Hippo memory = make_hippo(Basis::scaled_legs, 32, 1, 10);
  update(memory, u);
  const Tensor past = newest_first(u, L);
  const Tensor F =
      basis_functions(Basis::scaled_legs, 32, (lags(L) + 0.5) / static_cast<double>(L));
  const double best = relative_error(at::matmul(best_coefficients(F, past), F), past);
  CHECK(relative_error(reconstruct(memory, lags(L)), past) < 1.5 * best);
}

TEST_CASE("LegS remembers the near past sharply and the far past dimly") {
  const int64_t W = 200;
  const Tensor u = waves(10, 4 * W, 3, W, Rng(7)), past = newest_first(u, 2 * W);
  Hippo legs = make_hippo(Basis::legs, 32, W, 10);
  update(legs, u);
  const Tensor back = reconstruct(legs, lags(2 * W));
  const auto error = [&](int64_t from) {
    return relative_error(back.narrow(1, from, 100), past.narrow(1, from, 100));
  };
  CHECK(error(0) < 0.06);
  CHECK(error(300) > 5 * error(0));
}

TEST_CASE("hippo memory: windows, lags, streams and samples that make no sense are errors") {
  CHECK_THROWS_WITH_AS(make_hippo(Basis::fout, 64, 20),
                       "make_hippo: window of 20 steps, expected >= 32 for fout of order 64",
                       Error);
  CHECK_THROWS_AS(make_hippo(Basis::legs, 8, 0.5), Error);
  CHECK_THROWS_AS(make_hippo(Basis::legs, 8, 10, 0), Error);
  Hippo memory = make_hippo(Basis::legt, 8, 10);
  CHECK_THROWS_WITH_AS(update(memory, NAN),
                       "update: sample 0 of stream 0 is nan, expected a number", Error);
  CHECK_THROWS_AS(update(memory, at::zeros({2, 3}, at::kDouble)), Error);
  CHECK(memory.steps == 0);
  CHECK_THROWS_AS(reconstruct(memory, at::tensor({10.0}, at::kDouble)), Error);
  CHECK_THROWS_AS(reconstruct_with_jump(memory, lags(3)), Error);
  CHECK_THROWS_AS(reconstruct(make_hippo(Basis::scaled_legs, 8, 1), lags(1)), Error);
}
