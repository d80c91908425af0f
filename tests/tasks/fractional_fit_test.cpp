#include "offprint/tasks/fractional_fit.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/fractional_paths.h"
#include "offprint/tasks/hurst_estimates.h"
#include "offprint/worlds/fractional_noise.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

std::vector<double> as_list(const Tensor& t) {
  const Tensor row = t.to(at::kDouble).contiguous();
  return {row.const_data_ptr<double>(), row.const_data_ptr<double>() + row.numel()};
}

constexpr FractionalFitOptions kMotion = {.pull = false, .drift = false, .noise = false};

}  // namespace

TEST_CASE("fractional fit: the index of exact fractional motion, ahead of its Brownian twin") {
  Rng rng(11);
  for (const double hurst : {0.1, 0.3, 0.7, 0.9}) {
    CAPTURE(hurst);
    double found = 0, whittle = 0;
    const Tensor noise = worlds::fractional_noise(hurst, 3, 512, rng);
    for (int64_t i = 0; i < 3; ++i) {
      const auto increments = as_list(noise[i]);
      const auto path = as_list(at::cat({at::zeros({1}, at::kDouble), noise[i].cumsum(0)}));
      const FractionalFit fit = fit_fractional(path, kMotion);
      found += fit.line.driver.hurst / 3, whittle += whittle_hurst(increments) / 3;
      CHECK(fit.log_evidence > fit_brownian(path, kMotion).log_evidence);
    }
    CHECK(std::abs(found - hurst) < 0.07);
    CHECK(std::abs(found - whittle) < 0.06);
  }
}

TEST_CASE("fractional fit: pull, level, scale and noise of a series that has all of them") {
  const kernels::MarkovFbm m = kernels::make_mfbm(0.3, 9, 1500);
  const Tensor x =
      kernels::simulate_fractional({.start = 2, .drift = {0.2, -0.1}, .diffusion = {0.5, 0}}, m, 1,
                                   1500, 1, Rng(7))
          .x[0];
  Rng rng(5);
  const auto seen = as_list(x.to(at::kDouble) + 0.1 * rng.normal({1501}, at::kDouble));
  const FractionalFit fit = fit_fractional(seen, {});
  CHECK(std::abs(fit.line.driver.hurst - 0.3) < 0.12);
  CHECK(fit.line.constant / fit.line.pull == doctest::Approx(2).epsilon(0.1));
  CHECK(std::abs(std::log(fit.line.scale / 0.5)) < 0.35);
  CHECK(fit.line.noise < 0.05);
  Progress progress;
  const HurstInterval interval = hurst_interval(seen, fit, {}, progress);
  CHECK(interval.low < fit.line.driver.hurst);
  CHECK(interval.high > fit.line.driver.hurst);
  CHECK(interval.high - interval.low < 0.4);
  CHECK(fit_fractional(seen, {.hurst = 0.8}).log_evidence < fit.log_evidence - 5);
}

TEST_CASE("fractional fit: a series that cannot be fitted is one line") {
  CHECK_THROWS_WITH_AS(fit_fractional(std::vector<double>(40, 3.0), {}),
                       "fit_fractional: all values are 3, expected some change", Error);
  CHECK_THROWS_WITH_AS(fit_fractional(std::vector<double>(5, 3.0), {}),
                       "fit_fractional: 5 values, expected 32 or more", Error);
}
