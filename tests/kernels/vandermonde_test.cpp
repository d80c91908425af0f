#include "offprint/kernels/vandermonde.h"

#include <ATen/ops/imag.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

struct Modes {
  Tensor W, log_a;
};

// S4D-Lin with log-uniform steps, the modes the layer starts from.
Modes lin_modes(int64_t H, int64_t N, at::ScalarType type, uint64_t seed) {
  Rng rng(seed);
  const auto d = at::kDouble;
  const Tensor dt = at::exp(rng.uniform({H, 1}, std::log(1e-3), std::log(1e-1), d));
  const Tensor frequency = std::numbers::pi * at::arange(N, at::TensorOptions().dtype(d));
  return {at::complex(rng.normal({H, N}, d), rng.normal({H, N}, d)).to(type),
          at::complex((-0.5 * dt).expand({H, N}), dt * frequency).to(type)};
}

double weight_of(const Modes& m) { return 2 * m.W.abs().sum(1).max().item<double>(); }

}  // namespace

TEST_CASE("vandermonde: one real mode is a geometric series, one rotation a cosine") {
  const auto complex_of = [](double re, double im) {
    return at::complex(at::full({1, 1}, re, at::kDouble), at::full({1, 1}, im, at::kDouble));
  };
  const Tensor l = at::arange(50, at::TensorOptions().dtype(at::kDouble)).reshape({1, 50});
  CHECK(max_abs_diff(vandermonde(complex_of(1.5, 0), complex_of(std::log(0.5), 0), 50),
                     3 * at::exp(l * std::log(0.5))) < 1e-14);
  CHECK(max_abs_diff(vandermonde(complex_of(0.5, 0), complex_of(0, 0.3), 50), (0.3 * l).cos()) <
        1e-13);
}

TEST_CASE("vandermonde equals the sum of exact exponentials for any sizes, relative to sum |W|") {
  for (const int64_t N : {1, 8, 13, 32, 40})
    for (const int64_t L : {1, 2, 3, 17, 64, 1000, 4096}) {
      const Modes exact = lin_modes(3, N, at::kComplexDouble, 1);
      const Tensor K = vandermonde_reference(exact.W, exact.log_a, L);
      CHECK(max_abs_diff(vandermonde(exact.W, exact.log_a, L), K) < 2e-13 * weight_of(exact));
      CHECK(max_abs_diff(vandermonde_blocked(exact.W, exact.log_a, L), K) <
            2e-13 * weight_of(exact));
      const Modes rounded = lin_modes(3, N, at::kComplexFloat, 1);
      CHECK(max_abs_diff(vandermonde(rounded.W, rounded.log_a, L),
                         vandermonde_reference(rounded.W, rounded.log_a, L)) <
            1e-6 * weight_of(rounded));
    }
}

TEST_CASE("vandermonde: float32 keeps its digits at L 16384 with 50000 radians and no decay") {
  const Modes decaying = lin_modes(2, 32, at::kComplexFloat, 2);
  const Modes m{decaying.W, at::complex(at::zeros({2, 32}), at::imag(decaying.log_a) * 30)};
  const Tensor K = vandermonde(m.W, m.log_a, 16384);
  const Tensor exact =
      vandermonde_reference(m.W.to(at::kComplexDouble), m.log_a.to(at::kComplexDouble), 16384);
  CHECK(max_abs_diff(K, exact) < 1e-6 * weight_of(m));
}

TEST_CASE("vandermonde: gradients pass the finite-difference check") {
  for (const auto& [N, L] : {std::pair{3, 1}, {2, 7}, {5, 40}, {9, 33}}) {
    Modes m = lin_modes(2, N, at::kComplexDouble, 3);
    m.log_a = m.log_a * 5;
    m.W.requires_grad_();
    m.log_a.requires_grad_();
    const auto f = [L = L](const Tensors& t) { return vandermonde(t[0], t[1], L); };
    CHECK(gradient_check(f, {m.W, m.log_a}) < 1e-6);
  }
}

TEST_CASE("vandermonde: gradients equal those of the reference, float32 at L 4096 included") {
  for (const auto type : {at::kComplexDouble, at::kComplexFloat}) {
    const Modes m = lin_modes(3, 32, type, 4);
    m.W.requires_grad_();
    m.log_a.requires_grad_();
    const Tensor g = Rng(5).normal({3, 4096}, c10::toRealValueType(type));
    const Tensors fast = gradients({(g * vandermonde(m.W, m.log_a, 4096)).sum()}, {m.W, m.log_a});
    const Tensors slow =
        gradients({(g * vandermonde_reference(m.W, m.log_a, 4096)).sum()}, {m.W, m.log_a});
    const double bar = type == at::kComplexDouble ? 1e-12 : 2e-6;
    CHECK(relative_error(fast[0], slow[0]) < bar);
    CHECK(relative_error(fast[1], slow[1]) < bar);
    const Tensors blocked =
        gradients({(g * vandermonde_blocked(m.W, m.log_a, 4096)).sum()}, {m.W, m.log_a});
    CHECK(relative_error(blocked[0], slow[0]) < bar);
    CHECK(relative_error(blocked[1], slow[1]) < bar);
  }
}

TEST_CASE("vandermonde: modes that die at once leave exact zeros, not denormal numbers") {
  const Tensor W = at::complex(at::ones({1, 2}), at::zeros({1, 2}));
  const Tensor log_a = at::complex(at::full({1, 2}, -3.0), at::ones({1, 2}));
  const Tensor K = vandermonde(W, log_a, 4096);
  CHECK(K.narrow(1, 300, 3700).abs().max().item<double>() == 0.0);
}

TEST_CASE("vandermonde: one and two threads give the same bits") {
  const Modes m = lin_modes(5, 16, at::kComplexFloat, 6);
  const Tensor two = vandermonde(m.W, m.log_a, 777);
  at::set_num_threads(1);
  const Tensor one = vandermonde(m.W, m.log_a, 777);
  at::set_num_threads(2);
  CHECK(one.equal(two));
}

TEST_CASE("vandermonde: wrong input is named in one line") {
  const Tensor W = at::complex(at::ones({2, 3}), at::ones({2, 3}));
  CHECK_THROWS_WITH_AS(vandermonde(W, W.narrow(1, 0, 2), 4),
                       "vandermonde: log_a is (2,2), expected (2,3)", Error);
  CHECK_THROWS_WITH_AS(vandermonde(W, W, 0), "vandermonde: L is 0, expected >= 1", Error);
  CHECK_THROWS_AS(vandermonde(at::ones({2, 3}), at::ones({2, 3}), 4), Error);
  CHECK_THROWS_AS(vandermonde(W.select(0, 0), W.select(0, 0), 4), Error);
}
