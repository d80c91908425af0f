#include "offprint/worlds/fractional_noise.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;

TEST_CASE("fractional noise: its covariances are those of its definition") {
  Rng rng(1);
  for (const double hurst : {0.1, 0.3, 0.5, 0.8, 0.95}) {
    CAPTURE(hurst);
    const Tensor x = fractional_noise(hurst, 40'000, 12, rng);
    const Tensor gram = x.t().matmul(x) / 40'000;
    Tensor exact = at::zeros({12, 12}, at::kDouble);
    for (int64_t i = 0; i < 12; ++i)
      for (int64_t j = 0; j < 12; ++j) exact[i][j] = noise_autocovariance(hurst, i - j);
    CHECK(max_abs_diff(gram, exact) < 0.035);  // five standard errors of the largest entry
  }
  CHECK(noise_autocovariance(0.5, 3) == 0);
  CHECK(noise_autocovariance(0.8, 1) == doctest::Approx(std::pow(2, 0.6) - 1));
}

TEST_CASE("fractional motion: t^2H over any horizon, from 0") {
  Rng rng(2);
  const Tensor b = fractional_motion(0.3, 40'000, 10, 4, rng);
  CHECK(b.select(1, 0).abs().max().item<double>() == 0);
  for (const int64_t i : {1, 5, 10})
    CHECK(b.select(1, i).pow(2).mean().item<double>() ==
          doctest::Approx(std::pow(0.4 * static_cast<double>(i), 0.6)).epsilon(0.04));
  CHECK_THROWS_WITH_AS(fractional_motion(1.0, 1, 4, 1, rng),
                       "fractional noise: hurst 1, expected within (0, 1)", Error);
}

TEST_CASE("driven together: the closed-form weights are least squares over paths") {
  Rng rng(8);
  for (const double hurst : {0.3, 0.8}) {
    CAPTURE(hurst);
    const kernels::MarkovFbm m =
        kernels::make_mfbm(hurst, 4, 1, {kernels::FbmType::riemann_liouville, 0.1, 100});
    Tensor gram = at::zeros({4, 4}, at::kDouble), right = at::zeros({4, 1}, at::kDouble);
    for (int chunk = 0; chunk < 4; ++chunk) {
      const DrivenTogether d = drive_together(m, 1000, 200, 4000, rng);
      const Tensor Y = d.y.flatten(0, 1);
      gram += Y.t().matmul(Y), right += Y.t().matmul(d.b.reshape({-1, 1}));
    }
    const Tensor fitted = at::linalg_solve(gram, right).squeeze(1);
    const Tensor closed = at::tensor(m.weights, at::kDouble);
    CHECK(relative_error(closed, fitted) < 0.02);
  }
  CHECK_THROWS_WITH_AS(drive_together(kernels::make_mfbm(0.3, 5, 1), 1, 1, 10, rng),
                       "drive_together: expected Riemann and Liouville's motion, which starts at 0",
                       Error);
}
