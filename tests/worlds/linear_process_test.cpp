#include "offprint/worlds/linear_process.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;

namespace {

// gamma_0 .. gamma_lags of windows drawn independently, each over its first steps alone.
std::vector<double> sampled(const LinearProcess& process, int64_t lags, uint64_t seed) {
  Rng rng(seed);
  const Tensor x = sample_windows(process, 200'000, lags + 1, rng);
  std::vector<double> gamma;
  for (int64_t k = 0; k <= lags; ++k)
    gamma.push_back((x.select(1, 0) * x.select(1, k)).mean().item<double>());
  return gamma;
}

}  // namespace

TEST_CASE("linear process: autocovariances of AR(1), AR(2), MA(1) and ARMA(1,1) as in the books") {
  const auto ar1 = autocovariances({.rho = {0.7}, .sigma = 2}, 3);
  for (size_t k = 0; k < 4; ++k)
    CHECK(ar1[k] == doctest::Approx(4 / (1 - 0.49) * std::pow(0.7, static_cast<double>(k))));
  const double a = 1.299, b = -0.465;
  CHECK(autocovariances({.rho = {a, b}}, 0)[0] ==
        doctest::Approx((1 - b) / ((1 + b) * ((1 - b) * (1 - b) - a * a))));
  const auto ma1 = autocovariances({.rho = {}, .theta = {0.5}}, 2);
  CHECK(ma1[0] == doctest::Approx(1.25));
  CHECK(ma1[1] == doctest::Approx(0.5));
  CHECK(ma1[2] == 0);
  const double phi = 0.6, theta = 0.3;
  const auto arma = autocovariances({.rho = {phi}, .theta = {theta}}, 2);
  CHECK(arma[0] == doctest::Approx((1 + 2 * phi * theta + theta * theta) / (1 - phi * phi)));
  CHECK(arma[1] == doctest::Approx((1 + phi * theta) * (phi + theta) / (1 - phi * phi)));
  CHECK(arma[2] == doctest::Approx(phi * arma[1]));
}

TEST_CASE("linear process: windows of every kind of shock have the process's autocovariances") {
  for (const Shocks shocks : {Shocks::gaussian, Shocks::laplace, Shocks::student5}) {
    CAPTURE(shocks_name(shocks));
    const LinearProcess process{{0.5, -0.3, 0.2}, {}, 1, shocks};
    const auto exact = autocovariances(process, 4), drawn = sampled(process, 4, 3);
    for (size_t k = 0; k < exact.size(); ++k) CHECK(std::abs(drawn[k] - exact[k]) < 0.02);
  }
  const LinearProcess arma{{0.6}, {0.3}};
  const auto exact = autocovariances(arma, 3), drawn = sampled(arma, 3, 4);
  for (size_t k = 0; k < exact.size(); ++k) CHECK(std::abs(drawn[k] - exact[k]) < 0.03);
}

TEST_CASE("linear process: shocks have variance 1 and the kurtosis that they are named for") {
  Rng rng(8);
  const Tensor laplace =
      sample_windows({.rho = {}, .shocks = Shocks::laplace}, 400'000, 1, rng).squeeze(1);
  CHECK(laplace.square().mean().item<double>() == doctest::Approx(1).epsilon(0.02));
  CHECK(laplace.pow(4).mean().item<double>() - 3 ==
        doctest::Approx(excess_kurtosis(Shocks::laplace)).epsilon(0.1));
  CHECK(excess_kurtosis(Shocks::student5) == 6);
  CHECK(parse_shocks("student5") == Shocks::student5);
  CHECK_THROWS_WITH(parse_shocks("cauchy"), "shocks: 'cauchy', expected gaussian|laplace|student5");
}

TEST_CASE("linear process: the step-down recursion and the eigenvalues agree on stationarity") {
  Rng rng(5);
  int stationary = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<double> rho;
    for (int k = 0; k < 1 + i % 4; ++k) rho.push_back(0.9 * (2 * rng.uniform() - 1));
    stationary += is_stationary(rho);
    CHECK(is_stationary(rho) == (spectral_radius(rho) < 1));
  }
  CHECK(stationary > 30);
  CHECK(stationary < 300);
  CHECK(spectral_radius({}) == 0);
  CHECK_FALSE(is_stationary(std::vector<double>{1.0}));
  CHECK_THROWS_WITH(autocovariances({.rho = {1.2}}, 1),
                    doctest::Contains("rho 1.2 is not stationary"));
}

TEST_CASE(
    "linear process: roots become coefficients, and random ones are stationary at any order") {
  const RootPair pair[] = {{0.9, 0.5}};
  const double real[] = {-0.4};
  const auto rho = rho_from_roots(pair, real);
  CHECK(rho.size() == 3);
  CHECK(spectral_radius(rho) == doctest::Approx(0.9));
  CHECK(rho[0] == doctest::Approx(2 * 0.9 * std::cos(0.5) - 0.4));
  for (const int64_t p : {1, 3, 7, 12}) {
    Rng rng(static_cast<uint64_t>(p));
    for (int i = 0; i < 5; ++i) {
      const auto drawn = random_rho(p, rng);
      CHECK(std::ssize(drawn) == p);
      CHECK(is_stationary(drawn));
    }
  }
}

TEST_CASE("linear process: a path obeys its recursion, and the same seed gives the same path") {
  const LinearProcess process{{0.5, -0.3}, {0.4}, 0.5};
  Rng one(2), again(2);
  const auto x = sample_path(process, 30'000, one);
  CHECK(x == sample_path(process, 30'000, again));
  double variance = 0;
  for (const double value : x) variance += value * value / static_cast<double>(x.size());
  CHECK(variance == doctest::Approx(autocovariances(process, 0)[0]).epsilon(0.05));
  CHECK_THROWS_AS(sample_path(process, 0, one), Error);
}
