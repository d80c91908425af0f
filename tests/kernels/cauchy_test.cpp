#include "offprint/kernels/cauchy.h"

#include <ATen/ops/imag.h>
#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

struct System {
  Tensor lambda, P, B, C, dt;
};

System random_system(int64_t H, int64_t N, int64_t R, uint64_t seed) {
  Rng rng(seed);
  const auto d = at::kDouble;
  const auto normal = [&](at::IntArrayRef shape) {
    return at::complex(rng.normal(shape, d), rng.normal(shape, d));
  };
  const Tensor lambda = at::complex(-rng.uniform({H, N}, 0.2, 1.0, d), 5 * rng.normal({H, N}, d));
  return {lambda, normal({H, R, N}), normal({H, N}), normal({H, N}),
          rng.uniform({H}, 0.02, 0.2, d)};
}

// y = C x by stepping the dense matrix: the kernel's definition. Twins make it real.
Tensor stepped_kernel(const System& s, int64_t L) {
  const DenseDiscrete dense = nplr_dense(s.lambda, s.P, s.B, s.dt);
  const Tensor readout = at::cat({s.C, s.C.conj()}, -1).unsqueeze(1);  // (H,1,2N)
  Tensor x = dense.B.unsqueeze(-1);
  std::vector<Tensor> taps;
  for (int64_t l = 0; l < L; ++l) {
    taps.push_back(at::real(at::bmm(readout, x)).reshape({-1}));
    x = at::bmm(dense.A, x);
  }
  return at::stack(taps, 1);
}

Tensor fast_kernel(const System& s, int64_t L) {
  const DenseDiscrete dense = nplr_dense(s.lambda, s.P, s.B, s.dt);
  return nplr_kernel(s.lambda, s.P, s.B, truncated_readout(s.C, dense.A, L), s.dt, L);
}

}  // namespace

TEST_CASE(
    "nplr_kernel equals powers of the dense discretised matrix, rank 1 and 2, odd and even L") {
  for (const int64_t R : {1, 2})
    for (const int64_t L : {1, 2, 7, 64, 601}) {
      const System s = random_system(3, 5, R, 10 + R);
      CHECK(max_abs_diff(fast_kernel(s, L), stepped_kernel(s, L)) < 1e-9);
    }
}

TEST_CASE("nplr_kernel without the truncated readout is the aliased kernel, not the wanted one") {
  const System s = random_system(2, 4, 1, 20);
  const Tensor aliased = nplr_kernel(s.lambda, s.P, s.B, s.C, s.dt, 16);
  CHECK(max_abs_diff(aliased, stepped_kernel(s, 16)) > 1e-3);
  const Tensor folded = stepped_kernel(s, 16 * 400).reshape({2, 400, 16}).sum(1);
  CHECK(max_abs_diff(aliased, folded) < 1e-8);
}

TEST_CASE("truncated_readout and full_readout undo each other") {
  const System s = random_system(3, 6, 2, 30);
  const Tensor A = nplr_dense(s.lambda, s.P, s.B, s.dt).A;
  CHECK(max_abs_diff(full_readout(truncated_readout(s.C, A, 50), A, 50), s.C) < 1e-9);
}

TEST_CASE("cauchy_sums: gradients pass the finite-difference check over more than one block") {
  const System s = random_system(2, 2, 1, 40);
  const Tensor v = at::cat({s.B.unsqueeze(1), s.C.unsqueeze(1)}, 1).clone().requires_grad_();
  const Tensor x = (s.lambda * s.dt.unsqueeze(-1)).clone().requires_grad_();
  for (const int64_t L : {5, 8, 600}) {
    const auto f = [L](const Tensors& t) {
      const Tensor sums = cauchy_sums(t[0], t[1], L);
      return at::view_as_real(sums.resolve_conj());
    };
    CHECK(gradient_check(f, {v, x}) < 1e-4);
  }
}

TEST_CASE("nplr_kernel: gradients of every parameter pass the finite-difference check") {
  System s = random_system(2, 3, 2, 50);
  for (Tensor* t : {&s.lambda, &s.P, &s.B, &s.C, &s.dt}) t->requires_grad_();
  const auto f = [](const Tensors& t) { return nplr_kernel(t[0], t[1], t[2], t[3], t[4], 12); };
  CHECK(gradient_check(f, {s.lambda, s.P, s.B, s.C, s.dt}) < 1e-5);
}

TEST_CASE("cauchy_sums: wrong shapes are named in one line") {
  const Tensor v = at::complex(at::ones({2, 1, 3}), at::ones({2, 1, 3}));
  CHECK_THROWS_WITH_AS(cauchy_sums(v, v.select(1, 0).narrow(1, 0, 2), 4),
                       "cauchy_sums: x is (2,2), expected (2,3)", Error);
  CHECK_THROWS_AS(cauchy_sums(v, v.select(1, 0), 0), Error);
}
