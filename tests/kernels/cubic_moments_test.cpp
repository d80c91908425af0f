#include "offprint/kernels/cubic_moments.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"
#include "offprint/kernels/ridge_solve.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

// gamma of x_t = 0.8 x_{t-1} + e_t.
std::vector<double> geometric(int64_t lags) {
  std::vector<double> gamma;
  for (int64_t k = 0; k <= lags; ++k) gamma.push_back(std::pow(0.8, static_cast<double>(k)) / 0.36);
  return gamma;
}

// E of a product of normals at these times: pairs the first with each other one (Isserlis).
double isserlis(const std::vector<int64_t>& times, const std::vector<double>& gamma) {
  if (times.empty()) return 1;
  double sum = 0;
  for (size_t i = 1; i < times.size(); ++i) {
    std::vector<int64_t> rest;
    for (size_t j = 1; j < times.size(); ++j)
      if (j != i) rest.push_back(times[j]);
    sum += gamma[static_cast<size_t>(std::abs(times[0] - times[i]))] * isserlis(rest, gamma);
  }
  return sum;
}

}  // namespace

TEST_CASE("cubic moments: the closed form is Isserlis' theorem summed over every pair of columns") {
  const int64_t p = 2, n = 4;
  const auto gamma = geometric(20);
  const CubicMoments m = gaussian_cubic_moments(gamma, p, n);
  std::vector<std::array<int64_t, 3>> features;
  for (int64_t a = 0; a <= p; ++a)
    for (int64_t b = a; b <= p; ++b)
      for (int64_t i = 0; i < p; ++i) features.push_back({a, b, i});
  REQUIRE(m.S.size(0) == std::ssize(features));
  for (int64_t e = 0; e < m.S.size(0); ++e) {
    const auto [a, b, i] = features[static_cast<size_t>(e)];
    for (int64_t f = 0; f < m.S.size(0); ++f) {
      const auto [c, d, j] = features[static_cast<size_t>(f)];
      double sum = 0;
      for (int64_t s = 0; s < n; ++s)
        for (int64_t t = 0; t < n; ++t)
          sum += isserlis({s + a, s + b, t + c, t + d, n + i, n + j}, gamma) / (n * n);
      CHECK(m.S[e][f].item<double>() == doctest::Approx(sum).epsilon(1e-12));
    }
    for (int64_t k = 0; k <= p; ++k) {
      double sum = 0;
      for (int64_t s = 0; s < n; ++s) sum += isserlis({s + a, s + b, n + i, n + k}, gamma) / n;
      CHECK(m.C[k][e].item<double>() == doctest::Approx(sum).epsilon(1e-12));
    }
  }
}

TEST_CASE(
    "cubic moments: the gap of an autoregression is w' Delta w, positive, and falls like 1/n") {
  const auto gamma = geometric(600);
  double before = 0;
  for (const int64_t n : {4, 8, 64, 512}) {
    const RelaxedGap gap = relaxed_gap(gaussian_cubic_moments(gamma, 1, n));
    CHECK(gap.gap == doctest::Approx(0.64 * gap.delta[0][0].item<double>()).epsilon(1e-6));
    CHECK(gap.to_linear() == doctest::Approx(gap.gap).epsilon(1e-6));
    CHECK(gap.gap > 0);
    CHECK(gap.linear_error == doctest::Approx(1).epsilon(1e-8));
    if (before > 0) CHECK(gap.gap < before);
    before = gap.gap;
  }
  CHECK(before * 512 == doctest::Approx(first_order_gap(gamma, 1)).epsilon(0.02));
}

TEST_CASE(
    "cubic moments: the first-order law of an autoregression is 2 + kurtosis times what can "
    "be foretold") {
  const auto gamma = geometric(400);
  CHECK(first_order_gap(gamma, 1) == doctest::Approx(2 * (gamma[0] - 1)).epsilon(1e-6));
  CHECK(first_order_gap(gamma, 1, 3) == doctest::Approx(5 * (gamma[0] - 1)).epsilon(1e-6));
  // More lags than the process has: nothing new can be foretold, nothing new fluctuates.
  CHECK(first_order_gap(gamma, 3) == doctest::Approx(2 * (gamma[0] - 1)).epsilon(1e-6));
}

TEST_CASE("cubic moments: of samples, features by hand and the mean of their products") {
  const Tensor w = at::tensor({1.0, 2.0, 3.0, 5.0}, at::kDouble).unsqueeze(0);
  // Columns (1,2) and (2,3): G_00 = 5/2, G_01 = 4, G_11 = 13/2, q = 3.
  const Tensor eta = cubic_features(w.slice(1, 0, 3), 1);
  CHECK(max_abs_diff(eta[0], at::tensor({7.5, 12.0, 19.5}, at::kDouble)) < 1e-12);
  const CubicMoments m = sample_cubic_moments(w, 1);
  CHECK(m.n == 2);
  CHECK(m.S[0][1].item<double>() == doctest::Approx(90));
  CHECK(m.C[1][2].item<double>() == doctest::Approx(5 * 19.5));
  CHECK(m.gamma[0][1].item<double>() == doctest::Approx(15));
  CHECK_THROWS_AS(gaussian_cubic_moments(geometric(3), 2, 4), Error);
}

TEST_CASE("cubic moments: the index finds G_ab and G_ba at one feature") {
  const Tensor index = cubic_feature_index(2).view({3, 3, 2});
  CHECK(index[0][2][1].item<int64_t>() == index[2][0][1].item<int64_t>());
  CHECK(index[0][0][0].item<int64_t>() == 0);
  CHECK(index[2][2][1].item<int64_t>() == 11);
}

TEST_CASE("ridge solve: scales of a billion, and a feature that is always zero") {
  const Tensor root = at::tensor({1e9, 0.0, 0.3, 1.0}, at::kDouble).view({2, 2});
  const Tensor S = at::matmul(root, root.t()), x = at::tensor({2e-9, 5e3}, at::kDouble);
  const Tensor solved = ridge_solve(S, at::matmul(S, x).unsqueeze(1)).squeeze(1);
  CHECK(max_abs_diff(solved / x, at::ones({2}, at::kDouble)) < 1e-6);
  const Tensor half = at::tensor({4.0, 0.0, 0.0, 0.0}, at::kDouble).view({2, 2});
  CHECK(max_abs_diff(ridge_solve(half, at::ones({2, 1}, at::kDouble)).squeeze(1),
                     at::tensor({0.25, 0.0}, at::kDouble)) < 1e-8);
}
