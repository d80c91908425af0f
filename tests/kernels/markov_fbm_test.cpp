#include "offprint/kernels/markov_fbm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

constexpr FbmType kTypes[] = {FbmType::mandelbrot_van_ness, FbmType::riemann_liouville};

// Relative error of the covariance on a grid of the horizon, in the Frobenius norm.
double covariance_error(const MarkovFbm& m, int points = 40) {
  double error = 0, full = 0;
  for (int i = 1; i <= points; ++i)
    for (int j = 1; j <= points; ++j) {
      const double s = m.horizon * i / points, t = m.horizon * j / points;
      const double exact = fbm_covariance(m.hurst, s, t, m.type);
      error += std::pow(mfbm_covariance(m, s, t) - exact, 2), full += exact * exact;
    }
  return std::sqrt(error / full);
}

}  // namespace

TEST_CASE("markov fbm: the covariance is within 3 % of fractional Brownian motion's") {
  for (const double hurst : {0.2, 0.5, 0.8}) {
    CAPTURE(hurst);
    for (const int terms : {5, 6, 8})
      CHECK(covariance_error(make_mfbm(hurst, terms, 1, {FbmType::riemann_liouville})) < 0.03);
    CHECK(covariance_error(make_mfbm(hurst, 8, 1)) < 0.03);
    CHECK(covariance_error(make_mfbm(hurst, 8, 250)) < 0.03);  // whatever the unit of time
  }
}

TEST_CASE("markov fbm: H 1/2 is Brownian motion, also at the end and as one term") {
  for (const FbmType type : kTypes) {
    const MarkovFbm m = make_mfbm(0.5, 6, 3, {type});
    for (const double t : {0.1, 1.0, 3.0})
      CHECK(mfbm_covariance(m, t, t) == doctest::Approx(t).epsilon(0.01));
    CHECK(mfbm_covariance(m, 0.5, 2) == doctest::Approx(0.5).epsilon(0.01));
  }
  const MarkovFbm brownian = make_brownian(2);
  CHECK(mfbm_covariance(brownian, 0.3, 1.7) == 0.3);
  CHECK(ou_step(brownian, 0.25).noise.item<double>() == 0.25);
}

TEST_CASE("markov fbm: published errors of Riemann and Liouville's, five and eight terms") {
  const auto error = [](double hurst, int terms) {
    return make_mfbm(hurst, terms, 1, {FbmType::riemann_liouville}).error;
  };
  CHECK(error(0.2, 5) == doctest::Approx(0.027).epsilon(0.01));
  CHECK(error(0.3, 5) == doctest::Approx(0.0033).epsilon(0.01));
  CHECK(error(0.8, 5) < 1e-4);
  CHECK(error(0.1, 8) == doctest::Approx(0.088).epsilon(0.02));
}

TEST_CASE("markov fbm: slopes in H are finite differences to 1e-5, and run through the graph") {
  constexpr double kStep = 1e-4;
  for (const FbmType type : kTypes)
    for (const double hurst : {0.2, 0.45, 0.5, 0.8}) {
      CAPTURE(hurst);
      const MarkovFbm m = make_mfbm(hurst, 5, 2, {type});
      const auto at = [&](double h) { return make_mfbm(h, 5, 2, {type}).weights; };
      const auto up = at(hurst + kStep), down = at(hurst - kStep);
      const auto up2 = at(hurst + 2 * kStep), down2 = at(hurst - 2 * kStep);
      double error = 0, size = 0;
      for (size_t k = 0; k < m.weights.size(); ++k) {  // of fourth order
        const double slope = (8 * (up[k] - down[k]) - (up2[k] - down2[k])) / (12 * kStep);
        error += std::pow(m.slopes[k] - slope, 2), size += slope * slope;
      }
      CHECK(std::sqrt(error / size) < 1e-5);
    }
  const MarkovFbm shape = make_mfbm(0.5, 5, 1);
  const Tensor hurst = at::tensor({0.3, 0.7}, at::kDouble).set_requires_grad(true);
  CHECK(mfbm_weights(hurst, shape).sizes() == at::IntArrayRef{2, 5});
  CHECK(gradient_check([&](const Tensors& in) { return mfbm_weights(in[0], shape); }, {hurst},
                       1e-5) < 1e-5);
}

TEST_CASE("markov fbm: no other weights come nearer") {
  for (const FbmType type : kTypes) {
    const MarkovFbm best = make_mfbm(0.35, 4, 1, {type, 0.05, 50});
    // E int (B - sum)^2 through covariances: the meeting of B and Y_k is what one weight of k adds.
    const auto error_of = [&](const std::vector<double>& weights) {
      MarkovFbm other = best;
      other.weights = weights;
      double sum = 0;
      constexpr int kPoints = 400;
      for (int i = 0; i < kPoints; ++i) {
        const double t = (i + 0.5) / kPoints;
        sum += mfbm_covariance(other, t, t) / kPoints;
      }
      return sum;
    };
    // At the best weights E int B sum_k = E int (sum_k)^2, so the error is what is missing of B^2.
    double power = 0;
    constexpr int kPoints = 400;
    for (int i = 0; i < kPoints; ++i) {
      const double t = (i + 0.5) / kPoints;
      power += fbm_covariance(0.35, t, t, type) / kPoints;
    }
    CHECK(1 - error_of(best.weights) / power == doctest::Approx(best.error).epsilon(0.02));
  }
}

TEST_CASE("Ornstein-Uhlenbeck step: exact, whatever its length") {
  const MarkovFbm m = make_mfbm(0.3, 6, 1);
  const OuStep whole = ou_step(m, 0.2), half = ou_step(m, 0.1);
  CHECK(max_abs_diff(whole.decay, half.decay * half.decay) < 1e-12);
  CHECK(max_abs_diff(whole.noise, half.noise + half.decay.unsqueeze(1) * half.noise * half.decay) <
        1e-12);
  CHECK(max_abs_diff(whole.push, half.push * (1 + half.decay)) < 1e-12);
  CHECK(max_abs_diff(whole.root.matmul(whole.root.t()), whole.noise) < 1e-12);
  const Tensor start = ou_start(m);  // stationary: a step leaves it as it is
  CHECK(relative_error(whole.decay.unsqueeze(1) * start * whole.decay + whole.noise, start) < 1e-9);
}

TEST_CASE("markov fbm: bad sizes are one line") {
  CHECK_THROWS_WITH_AS(make_mfbm(1.2, 5, 1), "markov fbm: hurst 1.2, expected within (0, 1)",
                       Error);
  CHECK_THROWS_WITH_AS(make_mfbm(0.4, 0, 1), "markov fbm: 0 terms, expected 1 to 24", Error);
  CHECK_THROWS_WITH_AS(make_mfbm(0.4, 5, -1), "markov fbm: horizon -1, expected > 0", Error);
  CHECK_THROWS_WITH_AS(parse_fbm_type("levy"),
                       "unknown kind of fractional Brownian motion 'levy', expected "
                       "mandelbrot-van-ness|riemann-liouville",
                       Error);
}
