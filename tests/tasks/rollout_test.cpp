#include "offprint/tasks/rollout.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("rollout: a linear rule follows its recursion") {
  const Tensor w = at::tensor({-0.3, 0.5}, at::kDouble);
  const Tensor context = at::tensor({9.0, 1.0, 2.0}, at::kDouble).unsqueeze(0);
  const Tensor path = roll_out(linear_rule(w), context, 3);
  const double one = 0.5 * 2 - 0.3 * 1, two = 0.5 * one - 0.3 * 2, three = 0.5 * two - 0.3 * one;
  CHECK(max_abs_diff(path[0], at::tensor({one, two, three}, at::kDouble)) < 1e-15);
  CHECK(max_abs_diff(roll_out(last_value_rule(), context, 2)[0],
                     at::tensor({2.0, 2.0}, at::kDouble)) == 0);
}

TEST_CASE("rollout: one layer by updates of rank one equals the context seen anew at each step") {
  Rng rng(1);
  const models::OneLayerAttention layer{0.2 * rng.normal({4}, at::kDouble),
                                        0.2 * rng.normal({4, 3}, at::kDouble)};
  const Tensor context = rng.normal({20, 30}, at::kDouble);
  const NextValue anew = [&](const Tensor& x) { return models::forward(layer, x); };
  CHECK(max_abs_diff(roll_out(layer, context, 12), roll_out(anew, context, 12)) < 1e-12);
  CHECK(roll_out(layer, 50 * context, 12, 4.0).abs().max().item<double>() <= 4.0);
}

TEST_CASE("rollout: errors by step, exploding paths and the step of collapse") {
  const Tensor truth = at::zeros({3, 12}, at::kDouble);
  Tensor path = at::zeros({3, 12}, at::kDouble);
  path[0].slice(0, 0, 3).fill_(0.5);  // small from the fourth step on
  path[1].fill_(1.0);                 // never small
  path[2].slice(0, 6).fill_(std::numeric_limits<double>::infinity());  // explodes
  const RolloutScore score = score_rollout(path, truth, 1.0);
  CHECK(score.mse[0] == doctest::Approx((0.25 + 1) / 3));
  CHECK(score.median_error[0] == 0.25);
  CHECK(std::isinf(score.mse[7]));
  CHECK(score.exploding == doctest::Approx(1.0 / 3));
  CHECK(score.collapsing == doctest::Approx(2.0 / 3));  // the third lies still before it explodes
  CHECK(score.collapse_step == 4);
  CHECK_THROWS_AS(score_rollout(path, truth.slice(1, 1), 1.0), Error);
}
