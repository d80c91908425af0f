#include "offprint/kernels/monarch.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/fft_conv.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

Tensor complex_normal(Rng& rng, at::IntArrayRef shape) {
  const Tensor re = rng.normal(shape, at::kDouble), im = rng.normal(shape, at::kDouble);
  return at::complex(re, im);
}

// u -> y, its matrix: column j is what the j-th unit vector becomes.
Tensor matrix_of(const CausalMonarch& f, int64_t n) { return causal_monarch(f, at::eye(n)); }

}  // namespace

TEST_CASE(
    "monarch: with DFT factors it is the FFT, for orders 1 to 4 and sizes of no power of two") {
  Rng rng(1);
  const std::vector<std::vector<int64_t>> grids = {{12},    {4, 4},    {3, 5},
                                                   {16, 8}, {2, 3, 5}, {4, 2, 3, 3}};
  for (const auto& sizes : grids) {
    const MonarchFactors f = dft_factors(sizes, false, at::kDouble);
    const Tensor x = complex_normal(rng, {f.inputs(), 3});
    const Tensor X = monarch(f, x);
    CHECK(max_abs_diff(at::view_as_real(X), at::view_as_real(at::fft_fft(x, {}, 0))) < 1e-11);
    const Tensor back = monarch(dft_factors(sizes, true, at::kDouble), X);
    CHECK(max_abs_diff(at::view_as_real(back), at::view_as_real(x)) < 1e-12);
  }
}

TEST_CASE("monarch: float32 DFT factors stay within 1e-5 of the FFT at 65536 entries") {
  Rng rng(2);
  const Tensor x = rng.normal({65536, 1});
  const Tensor ours = monarch(dft_factors(monarch_sizes(65536)), x);
  const Tensor theirs = at::fft_fft(x.to(at::kDouble), {}, 0);
  CHECK(relative_error(at::view_as_real(ours).to(at::kDouble), at::view_as_real(theirs)) < 1e-5);
}

TEST_CASE("monarch: any factors, oblong ones too, multiply as their dense matrix") {
  Rng rng(3);
  const auto random = [&](at::IntArrayRef shape) { return rng.normal(shape, at::kDouble); };
  const std::vector<MonarchFactors> all = {
      {{random({4, 3, 5}), random({3, 6, 4})}},  // 20 inputs, 18 outputs
      {{random({3, 2, 4, 2}), random({4, 2, 2, 3}), random({4, 2, 5, 2})}},  // order 3
      {{random({1, 3, 5}), random({3, 6, 4})}}};  // a matrix for all lines
  for (const MonarchFactors& f : all) {
    const Tensor x = random({f.inputs(), 7});
    CHECK(max_abs_diff(monarch(f, x), at::matmul(monarch_dense(f), x)) < 1e-12);
  }
}

TEST_CASE("monarch: a hand case of order 2, where the digits are seen to be reversed") {
  // Both stages identities: y[k2,k1] = x[k1,k2], a transpose of the 2 x 3 grid.
  const MonarchFactors f{{at::eye(2).expand({3, 2, 2}), at::eye(3).expand({2, 3, 3})}};
  const Tensor y = monarch(f, at::arange(6, at::kFloat).unsqueeze(1)).squeeze(1);
  CHECK(y.equal(at::tensor({0.f, 3.f, 1.f, 4.f, 2.f, 5.f})));
}

TEST_CASE("monarch: gradients in the signal and in both stages") {
  Rng rng(4);
  const auto leaf = [&](at::IntArrayRef shape) {
    return rng.normal(shape, at::kDouble).requires_grad_();
  };
  CHECK(gradient_check(
            [](const Tensors& t) {
              return monarch({{t[0], t[1]}}, t[2]);
            },
            {leaf({2, 3, 3}), leaf({3, 4, 2}), leaf({6, 2})}) < 1e-6);
}

TEST_CASE("monarch: sizes are near factors, and a number without them says what to pad to") {
  CHECK(monarch_sizes(256) == std::vector<int64_t>{16, 16});
  CHECK(monarch_sizes(512) == std::vector<int64_t>{32, 16});
  CHECK(monarch_sizes(4096, 3) == std::vector<int64_t>{16, 16, 16});
  CHECK(monarch_sizes(15) == std::vector<int64_t>{5, 3});
  CHECK_THROWS_WITH_AS(monarch_sizes(1021),
                       "monarch_sizes: 1021 has no 2 near factors, pad to 1024", Error);
}

TEST_CASE("monarch: stages and signals that do not fit are one line") {
  const Tensor x = at::ones({6, 1});
  CHECK_THROWS_WITH_AS(monarch({{at::ones({3, 2, 2}), at::ones({4, 3, 3})}}, x),
                       "monarch: stage 2 has 4 lines on axis 1, expected 2", Error);
  CHECK_THROWS_WITH_AS(monarch({{at::ones({3, 2, 2}), at::ones({2, 3, 3})}}, at::ones({5, 1})),
                       "monarch: x is (5,1), expected (6,C)", Error);
  CHECK_THROWS_AS(monarch({{at::ones({2, 2})}}, x), Error);
  CHECK_THROWS_AS(monarch({}, x), Error);
}

TEST_CASE(
    "monarch_conv: equal to the direct sum, for lengths that fill no grid and short kernels") {
  Rng rng(5);
  for (const int64_t L : {1, 2, 7, 64, 300}) {
    CAPTURE(L);
    const Tensor u = rng.normal({2, 3, L}, at::kDouble);
    for (const int64_t K : {int64_t{1}, L, 2 * L}) {
      const Tensor k = rng.normal({3, K}, at::kDouble);
      CHECK(max_abs_diff(monarch_conv(u, k), direct_conv(u, k)) < 1e-11);
    }
  }
  const Tensor u = rng.normal({1, 2, 8192}), k = rng.normal({2, 8192});
  CHECK(relative_error(monarch_conv(u, k), fft_conv(u, k)) < 1e-5);
}

TEST_CASE("monarch_conv: gradients, and none from a later input") {
  Rng rng(6);
  const auto leaf = [&](at::IntArrayRef shape) {
    return rng.normal(shape, at::kDouble).requires_grad_();
  };
  CHECK(gradient_check([](const Tensors& t) { return monarch_conv(t[0], t[1]); },
                       {leaf({2, 2, 5}), leaf({2, 5})}) < 1e-6);
  CHECK(gradient_check([](const Tensors& t) { return monarch_conv(t[0], t[1]); },
                       {leaf({1, 3, 9}), leaf({3, 4})}) < 1e-6);  // a kernel shorter than u
}

TEST_CASE("monarch_conv: one thread and two agree") {
  Rng rng(9);
  const Tensor u = rng.normal({2, 3, 500}), k = rng.normal({3, 500});
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Tensor one = monarch_conv(u, k);
  at::set_num_threads(2);
  CHECK(relative_error(one, monarch_conv(u, k)) < 1e-6);
  at::set_num_threads(before);
}

TEST_CASE("monarch_conv: what does not fit is one line") {
  const Tensor u = at::ones({1, 2, 8});
  CHECK_THROWS_AS(monarch_conv(u, at::ones({3, 8})), Error);
  CHECK_THROWS_AS(monarch_conv(u, at::ones({2, 8}, at::kDouble)), Error);
  CHECK_THROWS_AS(monarch_conv(at::ones({1, 1, 1 << 19}), at::ones({1, 1})), Error);
}

TEST_CASE("causal_monarch: exactly nothing from later inputs, and every earlier one can count") {
  Rng rng(7);
  const CausalMonarch f{rng.normal({4, 3, 3}), rng.normal({4, 3, 3}), rng.normal({3, 4, 4})};
  const Tensor matrix = matrix_of(f, 12);
  for (int64_t i = 0; i < 12; ++i)
    for (int64_t j = 0; j < 12; ++j) CHECK((matrix[i][j].item<float>() != 0) == (j <= i));
}

TEST_CASE("causal_monarch: gradients; factors that do not fit are one line") {
  Rng rng(8);
  const auto leaf = [&](at::IntArrayRef shape) {
    return rng.normal(shape, at::kDouble).requires_grad_();
  };
  CHECK(gradient_check(
            [](const Tensors& t) {
              return causal_monarch({t[0], t[1], t[2]}, t[3]);
            },
            {leaf({2, 3, 3}), leaf({2, 3, 3}), leaf({3, 2, 2}), leaf({6, 2})}) < 1e-6);
  CHECK_THROWS_AS(causal_monarch({at::ones({2, 3, 3}), at::ones({2, 3, 3}), at::ones({2, 3, 3})},
                                 at::ones({6, 1})),
                  Error);
}
