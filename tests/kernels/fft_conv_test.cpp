#include "offprint/kernels/fft_conv.h"

#include <ATen/ops/flip.h>
#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("fft_conv equals the direct sum for any lengths, in both precisions") {
  Rng rng(1);
  for (const auto& [L, K] : {std::pair{1, 1}, {2, 5}, {7, 7}, {100, 3}, {129, 129}, {64, 200}}) {
    const Tensor u = rng.normal({2, 3, L}, at::kDouble), k = rng.normal({3, K}, at::kDouble);
    const Tensor expected = direct_conv(u, k);
    CHECK(max_abs_diff(fft_conv(u, k), expected) < 1e-12);
    CHECK(max_abs_diff(fft_conv(u.to(at::kFloat), k.to(at::kFloat)), expected) < 2e-5);
  }
}

TEST_CASE("fft_conv: a hand-computed case") {
  const Tensor u = at::tensor({1.0, 2.0, 3.0}).reshape({1, 1, 3});
  const Tensor k = at::tensor({10.0, 1.0}).reshape({1, 2});
  CHECK(max_abs_diff(fft_conv(u, k), at::tensor({10.0, 21.0, 32.0}).reshape({1, 1, 3})) < 1e-12);
}

TEST_CASE("fft_conv: no output sees a later input") {
  Rng rng(2);
  const Tensor u = rng.normal({1, 2, 50}, at::kDouble), k = rng.normal({2, 50}, at::kDouble);
  Tensor changed = u.clone();
  changed.narrow(2, 30, 20) += 100.0;
  const Tensor gap = (fft_conv(u, k) - fft_conv(changed, k)).abs();
  CHECK(gap.narrow(2, 0, 30).max().item<double>() < 1e-11);
  CHECK(gap.narrow(2, 30, 20).min().item<double>() > 1e-3);
}

TEST_CASE("fft_conv: gradients pass the finite-difference check") {
  Rng rng(3);
  const Tensor u = rng.normal({2, 2, 9}, at::kDouble).requires_grad_();
  for (const int64_t taps : {4, 9, 13}) {
    const Tensor k = rng.normal({2, taps}, at::kDouble).requires_grad_();
    CHECK(gradient_check([](const Tensors& t) { return fft_conv(t[0], t[1]); }, {u, k}) < 1e-7);
  }
}

TEST_CASE("fft_conv_two_sided equals a two-sided sum, with right gradients") {
  Rng rng(4);
  const Tensor u = rng.normal({2, 3, 8}, at::kDouble).requires_grad_();
  const Tensor k = rng.normal({3, 8}, at::kDouble).requires_grad_();
  const Tensor back = rng.normal({3, 7}, at::kDouble).requires_grad_();
  const Tensor y = fft_conv_two_sided(u, k, back);
  Tensor expected = direct_conv(u, k);
  for (int64_t l = 0; l < 8; ++l)
    for (int64_t j = 1; l + j < 8; ++j)
      expected.select(2, l) += back.select(1, j - 1) * u.select(2, l + j);
  CHECK(max_abs_diff(y, expected) < 1e-12);
  const auto f = [](const Tensors& t) { return fft_conv_two_sided(t[0], t[1], t[2]); };
  CHECK(gradient_check(f, {u, k, back}) < 1e-7);
}

TEST_CASE("good_fft_length is even, not smaller, has no prime factor above 5 and wastes little") {
  for (int64_t n = 1; n < 3000; ++n) {
    int64_t m = good_fft_length(n);
    CHECK(m >= n);
    CHECK(m % 2 == 0);
    CHECK((n < 8 || m <= n + n / 4));
    for (const int64_t p : {2, 3, 5})
      while (m % p == 0) m /= p;
    CHECK(m == 1);
  }
}

TEST_CASE("fft_conv: wrong shapes and types are named in one line") {
  const Tensor u = at::ones({2, 3, 4});
  CHECK_THROWS_WITH_AS(fft_conv(u, at::ones({2, 4})), "fft_conv: k is (2,4), expected (3,K)",
                       Error);
  CHECK_THROWS_WITH_AS(fft_conv(at::ones({3, 4}), u), "fft_conv: u is (3,4), expected (B,H,L)",
                       Error);
  CHECK_THROWS_AS(fft_conv(u, at::ones({3, 4}, at::kDouble)), Error);
  CHECK_THROWS_AS(fft_conv(at::ones({2, 3, 0}), at::ones({3, 4})), Error);
}

TEST_CASE("fft_conv: a skip is the input times its factor on top, with its gradient") {
  Rng rng(5);
  const Tensor u = rng.normal({2, 3, 10}, at::kDouble).requires_grad_();
  const Tensor k = rng.normal({3, 10}, at::kDouble).requires_grad_();
  const Tensor skip = rng.normal({3}, at::kDouble).requires_grad_();
  CHECK(max_abs_diff(fft_conv(u, k, skip), fft_conv(u, k) + skip.unsqueeze(-1) * u) < 1e-12);
  const auto f = [](const Tensors& t) { return fft_conv(t[0], t[1], t[2]); };
  CHECK(gradient_check(f, {u, k, skip}) < 1e-7);
  CHECK_THROWS_WITH_AS(fft_conv(u, k, u), "fft_conv: skip is (2,3,10), expected (3)", Error);
}
