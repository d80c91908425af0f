#include "offprint/tasks/conformal.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("conformal: new residuals of the same law fall inside as often as promised, or more") {
  const std::vector<double> levels = {0.1, 0.9};
  Rng rng(1);
  double inside = 0;
  constexpr int kTrials = 300;
  for (int i = 0; i < kTrials; ++i) {
    const Tensor offsets = conformal_offsets(rng.normal({40, 1, 1}, at::kDouble), levels);
    const Tensor fresh = rng.normal({200}, at::kDouble);
    inside += fresh.ge(offsets[0].item<double>())
                  .logical_and(fresh.le(offsets[1].item<double>()))
                  .to(at::kDouble)
                  .mean()
                  .item<double>();
  }
  CHECK(inside / kTrials >= 0.8);
  CHECK(inside / kTrials <= 0.86);
}

TEST_CASE("conformal: each step ahead and column by itself; ranks by hand") {
  const Tensor residuals = at::arange(9, at::TensorOptions().dtype(at::kDouble)).view({9, 1, 1});
  const Tensor both = at::cat({residuals, 10 * residuals}, 2);  // (9,1,2)
  const Tensor offsets = conformal_offsets(both, {0.1, 0.5, 0.9});
  // (W+1) q = 1, 5, 9: the 1st, 5th and 9th smallest.
  CHECK(max_abs_diff(offsets.select(2, 0).flatten(), at::tensor({0., 4., 8.}, at::kDouble)) == 0);
  CHECK(max_abs_diff(offsets.select(2, 1).flatten(), at::tensor({0., 40., 80.}, at::kDouble)) == 0);
  CHECK_THROWS_AS(conformal_offsets(at::zeros({0, 1, 1}, at::kDouble), {0.5}), Error);
  CHECK_THROWS_WITH(conformal_offsets(residuals, {1.0}), "quantile 1, expected between 0 and 1");
}

TEST_CASE("quantile loss: by hand, and least at the true quantile") {
  const Tensor truth = at::tensor({0., 10.}, at::kDouble);
  const Tensor forecasts = at::tensor({2., 2.}, at::kDouble).unsqueeze(0);
  // level 0.9: 2 max(0.9*-2, -0.1*-2) = 0.4 and 2 * 0.9 * 8 = 14.4; mean 7.4
  CHECK(quantile_loss(forecasts, truth, {0.9}) == doctest::Approx(7.4));
  const Tensor normal = Rng(3).normal({20000}, at::kDouble);
  const auto loss = [&](double q) {
    return quantile_loss(at::full({1, 1}, q, at::kDouble), normal, {0.9});
  };
  CHECK(loss(1.2816) < loss(1.0));
  CHECK(loss(1.2816) < loss(1.6));
}
