#include "offprint/kernels/pinned_logistic.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("pinned logistic: the score is met, and at a range's end the loss is the slack's") {
  Rng rng{4};
  const Tensor X = rng.normal({80, 3}, at::kDouble);
  const Tensor y = (X.select(1, 1) + rng.normal({80}, at::kDouble) > 0).to(at::kDouble);
  const LogisticFit best = logistic_solve(X, y, {.l2 = 0.01, .tolerance = 1e-14});
  const LevelSet set = level_set(X, y, best, 0.01);
  const ViableRanges r = viable_ranges(set, X.slice(0, 0, 10), {.slack = 0.02});
  for (int64_t i = 0; i < 10; ++i) {
    const Tensor row = X[i].contiguous();
    const std::span<const double> person(row.const_data_ptr<double>(), 3);
    for (const Tensor& end : {r.low.scores, r.high.scores}) {
      const PinnedFit fit = pinned_fit(set, person, end[i].item<double>());
      double score = fit.weights[3];
      for (size_t j = 0; j < 3; ++j) score += fit.weights[j] * person[j];
      CHECK(std::abs(score - end[i].item<double>()) < 1e-10);
      CHECK(std::abs(fit.objective - best.objective - 0.02) < 1e-6);
      CHECK(fit.slope < 1e-7);  // the objective, which is compared, feels its square
    }
    double at_best = best.weights[3].item<double>();
    for (size_t j = 0; j < 3; ++j)
      at_best += best.weights[static_cast<int64_t>(j)].item<double>() * person[j];
    CHECK(std::abs(pinned_fit(set, person, at_best).objective - best.objective) < 1e-12);
  }
  const Doubles nobody{1, 2};
  CHECK_THROWS_AS(pinned_fit(set, nobody, 0), Error);
}
