#include "offprint/tasks/hurst_estimates.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/worlds/fractional_noise.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("Hurst estimators: near the truth on exact fractional noise of 4096 steps") {
  Rng rng(1);
  for (const double hurst : {0.2, 0.35, 0.5, 0.65, 0.8}) {
    CAPTURE(hurst);
    double whittle = 0, dfa = 0, madogram = 0;
    const Tensor noise = worlds::fractional_noise(hurst, 4, 4096, rng);
    for (int64_t i = 0; i < 4; ++i) {
      const Tensor row = noise[i].contiguous(), sum = row.cumsum(0).contiguous();
      const std::span increments(row.const_data_ptr<double>(), 4096);
      whittle += whittle_hurst(increments) / 4, dfa += dfa_hurst(increments) / 4;
      madogram += madogram_hurst({sum.const_data_ptr<double>(), 4096}) / 4;
    }
    CHECK(std::abs(whittle - hurst) < 0.02);
    CHECK(std::abs(dfa - hurst) < 0.06);
    CHECK(std::abs(madogram - hurst) < 0.05);
  }
}

TEST_CASE("Hurst estimators: scale and level do not matter, a straight line has index 1") {
  Rng rng(2);
  const Tensor row = worlds::fractional_noise(0.7, 1, 512, rng)[0].contiguous();
  const Tensor moved = (3 + 100 * row).contiguous();
  const std::span a(row.const_data_ptr<double>(), 512), b(moved.const_data_ptr<double>(), 512);
  CHECK(whittle_hurst(a) == doctest::Approx(whittle_hurst(b)).epsilon(1e-3));
  CHECK(dfa_hurst(a) == doctest::Approx(dfa_hurst(b)).epsilon(1e-6));
  std::vector<double> line;
  for (int i = 0; i < 40; ++i) line.push_back(2.0 * i);
  CHECK(madogram_hurst(line) == doctest::Approx(1));
}

TEST_CASE("Hurst estimators: what cannot be judged is one line") {
  CHECK_THROWS_WITH_AS(whittle_hurst(std::vector<double>(31, 1.0)),
                       "whittle_hurst: 31 values, expected 32 or more", Error);
  CHECK_THROWS_WITH_AS(dfa_hurst(std::vector<double>(64, 2.0)),
                       "dfa_hurst: all values are 2, expected some change", Error);
}
