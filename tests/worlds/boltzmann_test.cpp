#include "offprint/worlds/boltzmann.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;

namespace {

BinaryMachine random_machine(int64_t n, double size, uint64_t seed) {
  Rng rng(seed);
  const Tensor half = rng.normal({n, n}, at::kDouble) * size;
  const Tensor W = (half + half.t()) * (1 - at::eye(n, at::kDouble));
  return {W.contiguous(), rng.normal({n}, at::kDouble)};
}

Tensor nothing_known(int64_t n) { return at::full({n}, -1, at::kLong); }

}  // namespace

TEST_CASE("Boltzmann: two variables by hand") {
  const double w = 0.7, a = 0.2, b = -0.4;
  const BinaryMachine m{at::tensor({0.0, w, w, 0.0}, at::kDouble).reshape({2, 2}),
                        at::tensor({a, b}, at::kDouble)};
  double log_z = 0;
  const Tensor p = exact_marginals(m, nothing_known(2), &log_z);
  const double z = 1 + std::exp(a) + std::exp(b) + std::exp(a + b + w);
  CHECK(log_z == doctest::Approx(std::log(z)));
  CHECK(p[0].item<double>() == doctest::Approx((std::exp(a) + std::exp(a + b + w)) / z));
  const Tensor q = exact_marginals(m, at::tensor({-1, 1}, at::kLong));
  CHECK(q[0].item<double>() == doctest::Approx(1 / (1 + std::exp(-a - w))));
  CHECK(q[1].item<double>() == 1);
}

TEST_CASE("Boltzmann: one-hot couplings and the binary machine say the same of every state") {
  Rng rng(1);
  const int64_t n = 5;
  Tensor phi = rng.normal({2 * n, 2 * n}, at::kDouble);
  phi = (phi + phi.t()) / 2;
  for (int64_t i = 0; i < n; ++i) phi.slice(0, 2 * i, 2 * i + 2).slice(1, 2 * i, 2 * i + 2).zero_();
  const Tensor bias = rng.normal({2 * n}, at::kDouble);
  const BinaryMachine m = binary_machine(phi, bias);
  double offset = 0;
  for (int64_t code = 0; code < 32; ++code) {
    Tensor s = at::zeros({n}, at::kDouble), x = at::zeros({2 * n}, at::kDouble);
    for (int64_t i = 0; i < n; ++i) {
      const int64_t bit = code >> i & 1;
      s[i] = bit, x[2 * i + bit] = 1;
    }
    const double one_hot = (x.dot(phi.mv(x)) / 2 + bias.dot(x)).item<double>();
    const double binary = (s.dot(m.W.mv(s)) / 2 + m.b.dot(s)).item<double>();
    if (code == 0) offset = one_hot - binary;
    CHECK(one_hot - binary == doctest::Approx(offset));
  }
}

TEST_CASE("Boltzmann: Gibbs sampling agrees with enumeration") {
  const BinaryMachine m = random_machine(8, 0.4, 2);
  Tensor known = nothing_known(8);
  known[3] = 1;
  const Tensor exact = exact_marginals(m, known);
  CHECK(max_abs_diff(gibbs_marginals(m, known, 20, 100, 2000, Rng(3)), exact) < 0.02);
}

TEST_CASE("Boltzmann: mean field is exact without couplings, its free energy bounds -log Z") {
  BinaryMachine m = random_machine(10, 0.3, 4);
  const Tensor known = nothing_known(10), start = Rng(5).uniform({6, 10}, at::kDouble);
  double log_z = 0;
  exact_marginals(m, known, &log_z);
  const NaiveMeanField one = naive_mean_field(m, known, start, 500, false);
  CHECK((one.free_energy + log_z).min().item<double>() > -1e-9);
  m.W.zero_();
  const NaiveMeanField free = naive_mean_field(m, known, start, 10, true);
  CHECK(mean_kl(exact_marginals(m, known), free.q[0], known) < 1e-10);
  CHECK(free.settled[0]);
}

TEST_CASE("Boltzmann: two variables that repel, updated in parallel, cycle for ever") {
  const BinaryMachine m{at::tensor({0.0, -20.0, -20.0, 0.0}, at::kDouble).reshape({2, 2}),
                        at::full({2}, 10.0, at::kDouble)};
  const Tensor start = at::tensor({0.6, 0.6}, at::kDouble).reshape({1, 2});
  CHECK(!naive_mean_field(m, nothing_known(2), start, 1000, true).settled[0]);
  CHECK(naive_mean_field(m, nothing_known(2), start, 1000, false).settled[0]);
}

TEST_CASE("Boltzmann: bad sizes are one line") {
  const BinaryMachine m = random_machine(21, 0.1, 6);
  CHECK_THROWS_WITH(exact_marginals(m, nothing_known(21)),
                    "exact marginals: 21 variables, expected at most 20");
  CHECK_THROWS_AS(exact_marginals(m, nothing_known(20)), Error);
  CHECK_THROWS_AS(binary_machine(at::zeros({4, 4}), at::zeros({3})), Error);
}
