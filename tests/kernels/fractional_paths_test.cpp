#include "offprint/kernels/fractional_paths.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

// Empirical E X(i) X(j) over the paths.
double met(const Tensor& paths, int64_t i, int64_t j) {
  const Tensor x = paths.to(at::kDouble);
  return (x.select(1, i) * x.select(1, j)).mean().item<double>();
}

}  // namespace

TEST_CASE("fractional paths: of b 0 and s 1 they have the approximation's covariance") {
  for (const FbmType type : {FbmType::mandelbrot_van_ness, FbmType::riemann_liouville})
    for (const double hurst : {0.3, 0.8})
      for (const int terms : {5, 8}) {
        CAPTURE(hurst);
        CAPTURE(terms);
        const MarkovFbm m = make_mfbm(hurst, terms, 1, {type});
        const Tensor x = simulate_fractional({}, m, 20'000, 50, 0.02, Rng(3)).x;
        for (const auto& [i, j] : {std::pair{1, 1}, {25, 25}, {50, 50}, {10, 50}}) {
          const double exact = mfbm_covariance(m, i * 0.02, j * 0.02);
          const double spread =
              std::sqrt((exact * exact + mfbm_covariance(m, i * 0.02, i * 0.02) *
                                             mfbm_covariance(m, j * 0.02, j * 0.02)) /
                        20'000);
          CHECK(std::abs(met(x, i, j) - exact) < 4 * spread);
        }
      }
}

TEST_CASE("fractional paths: what drives them is normal, and independent from step to step") {
  const Tensor b = simulate_fractional({}, make_brownian(1), 4000, 500, 1, Rng(6)).x;
  const Tensor z = (b.slice(1, 1) - b.slice(1, 0, 500)).to(at::kDouble);  // two million
  const auto mean = [](const Tensor& t) { return t.mean().item<double>(); };
  CHECK(std::abs(mean(z)) < 0.004);
  CHECK(mean(z.pow(2)) == doctest::Approx(1).epsilon(0.005));
  CHECK(std::abs(mean(z.pow(3))) < 0.012);
  CHECK(mean(z.pow(4)) == doctest::Approx(3).epsilon(0.015));
  CHECK(mean(z.pow(6)) == doctest::Approx(15).epsilon(0.05));
  for (const double edge : {0.5, 1.0, 2.0, 3.0})
    CHECK(
        mean((z < -edge).to(at::kDouble)) ==
        doctest::Approx(0.5 * std::erfc(edge / std::sqrt(2.0))).epsilon(edge > 2.5 ? 0.08 : 0.02));
  CHECK(std::abs(mean(z.slice(1, 1) * z.slice(1, 0, 499))) < 0.004);
  CHECK(std::abs(mean(z.slice(0, 1) * z.slice(0, 0, 3999))) < 0.004);
}

TEST_CASE("fractional paths: seed, path and step name a draw") {
  const MarkovFbm m = make_mfbm(0.3, 6, 1);
  const FractionalEquation pull{.start = 1, .drift = {0, -1}};
  const Tensor many = simulate_fractional(pull, m, 37, 100, 0.01, Rng(5)).x;
  const Tensor few = simulate_fractional(pull, m, 3, 40, 0.01, Rng(5)).x;
  CHECK(many.slice(0, 0, 3).slice(1, 0, 41).equal(few));
  CHECK(many.equal(simulate_fractional(pull, m, 37, 100, 0.01, Rng(5), true).x));
  CHECK(max_abs_diff(many, simulate_fractional(pull, m, 37, 100, 0.01, Rng(6)).x) > 0.1);
  const Tensor one = simulate_fractional(pull, m, 1, 1, 0.01, Rng(5)).x;
  CHECK(one.sizes() == at::IntArrayRef{1, 2});
}

TEST_CASE("fractional paths: Euler's step on a given driver, by hand") {
  const MarkovFbm m = make_mfbm(0.7, 5, 1);
  const FractionalEquation well{.start = 0.5, .drift = {0.1, 1, 0.2, -1}, .diffusion = {0.3, 0.1}};
  const auto [x, b] = simulate_fractional(well, m, 9, 30, 0.01, Rng(2), true);
  const Tensor now = x.slice(1, 0, 30), db = b.slice(1, 1, 31) - b.slice(1, 0, 30);
  const Tensor drift = 0.1 + now + 0.2 * now * now - now * now * now;
  CHECK(max_abs_diff(x.slice(1, 1, 31), now + 0.01 * drift + (0.3 + 0.1 * now) * db) < 1e-5);
}

TEST_CASE("fractional paths: Stratonovich's Milstein step nears exp(B) with order one") {
  const MarkovFbm m = make_mfbm(0.5, 5, 1);
  const auto error = [&](int64_t steps) {
    const auto [x, b] =
        simulate_fractional({.start = 1, .diffusion = {0, 0.5}, .stratonovich = true}, m, 2000,
                            steps, 1.0 / static_cast<double>(steps), Rng(4), true);
    const Tensor exact = (0.5 * b.select(1, steps)).exp();
    return (x.select(1, steps) - exact).pow(2).mean().sqrt().item<double>();
  };
  const double coarse = error(32), fine = error(128);
  CHECK(coarse < 0.02);
  CHECK(fine < coarse / 3);  // Euler and Maruyama's would halve, and miss E exp by Ito's term
}

TEST_CASE("fractional paths: sizes are checked") {
  CHECK_THROWS_WITH_AS(simulate_fractional({}, make_mfbm(0.5, 5, 1), 0, 3, 0.1, Rng(1)),
                       "simulate_fractional: 0 paths of 3 steps, expected >= 1", Error);
}
