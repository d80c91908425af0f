#include "offprint/kernels/viable_range.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

// F at many (w,b) at once: W (K,D+1) -> (K).
Tensor objectives(const Tensor& X, const Tensor& y, const Tensor& W, double l2) {
  const Tensor w = W.slice(1, 0, -1);
  const Tensor m = (X.matmul(w.t()) + W.select(1, -1)) * (2 * y - 1).unsqueeze(1);
  return (m.neg().clamp_min(0) + m.abs().neg().exp().log1p()).mean(0) + 0.5 * l2 * (w * w).sum(1);
}

void check_certified(const Tensor& X, const Tensor& y, const Tensor& people, const ViableRanges& r,
                     double l2, double level) {
  CHECK((r.low.bounds <= r.low.scores).all().item<bool>());
  CHECK((r.high.bounds >= r.high.scores).all().item<bool>());
  for (const RangeEnds* end : {&r.low, &r.high}) {
    CHECK(max_abs_diff(end->bounds, end->scores) <= 1e-6);
    CHECK((objectives(X, y, end->weights, l2) <= level + 1e-9).all().item<bool>());
    const Tensor scores =
        (people * end->weights.slice(1, 0, -1)).sum(1) + end->weights.select(1, -1);
    CHECK(max_abs_diff(scores, end->scores) < 1e-9);
  }
}

}  // namespace

TEST_CASE("viable range: ends are inside the set, certified, and wider with more slack") {
  Rng rng{21};
  const Tensor X = rng.normal({150, 4}, at::kDouble);
  const Tensor y = (X.select(1, 0) + rng.normal({150}, at::kDouble) > 0.4).to(at::kDouble);
  const LogisticFit best = logistic_solve(X, y, {.l2 = 0.01, .tolerance = 1e-13});
  const LevelSet set = level_set(X, y, best, 0.01);
  Tensor width = at::zeros({150}, X.options());
  for (const double slack : {1e-4, 1e-3, 1e-2, 1e-1}) {
    const ViableRanges r = viable_ranges(set, X, {.slack = slack});
    check_certified(X, y, X, r, 0.01, best.objective + slack);
    const Tensor now = r.high.scores - r.low.scores;
    CHECK((now > width).all().item<bool>());
    width = now;
  }
}

TEST_CASE("viable range: nearly separable and ill-scaled tables are certified too") {
  Rng rng{5};
  const Tensor hidden = rng.normal({569, 3}, at::kDouble), scale = rng.normal({30}, at::kDouble);
  const Tensor noise = rng.normal({569, 30}, at::kDouble);
  // Thirty features of three causes, as the breast-cancer table has them.
  const Tensor X = (hidden.matmul(rng.normal({3, 30}, at::kDouble)) + 0.1 * noise) * scale.exp();
  const Tensor y = (hidden.select(1, 0) + 0.1 * rng.normal({569}, at::kDouble) > 0).to(at::kDouble);
  for (const double l2 : {1e-3, 1e-4, 1e-6}) {
    CAPTURE(l2);
    const LogisticFit best = logistic_solve(X, y, {.l2 = l2, .tolerance = 1e-14});
    CHECK(best.gap < 1e-11);
    const LevelSet set = level_set(X, y, best, l2);
    for (const double slack : {0.01 * best.objective, 0.01}) {
      const Tensor people = X.slice(0, 0, 30);
      check_certified(X, y, people, viable_ranges(set, people, {.slack = slack}), l2,
                      best.objective + slack);
    }
  }
}

TEST_CASE("viable range: a grid over all models of one feature finds no more, and nearly as much") {
  Rng rng{9};
  const Tensor X = rng.normal({40, 1}, at::kDouble);
  const Tensor y = (X.select(1, 0) + rng.normal({40}, at::kDouble) > 0).to(at::kDouble);
  const double l2 = 0.01, slack = 0.02;
  const LogisticFit best = logistic_solve(X, y, {.l2 = l2, .tolerance = 1e-13});
  const LevelSet set = level_set(X, y, best, l2);
  const Tensor steps = at::arange(-3, 3, 0.02, X.options()), ones = at::ones_like(steps);
  for (const double x : {-1.5, 0.0, 2.0}) {
    const ViableRanges r = viable_ranges(set, at::full({1, 1}, x, X.options()), {.slack = slack});
    const double low_end = r.low.scores.item<double>(), high_end = r.high.scores.item<double>();
    double low = 1e9, high = -1e9;
    for (int64_t k = 0; k < steps.size(0); ++k) {
      const Tensor W = at::stack({steps[k] + best.weights[0] + 0 * ones, steps}, 1);
      const Tensor inside = objectives(X, y, W, l2) <= best.objective + slack;
      if (!inside.any().item<bool>()) continue;
      const Tensor score = W.select(1, 0) * x + W.select(1, 1);
      low = std::min(low, at::where(inside, score, 1e9).min().item<double>());
      high = std::max(high, at::where(inside, score, -1e9).max().item<double>());
    }
    CHECK(high <= r.high.bounds.item<double>() + 1e-12);
    CHECK(low >= r.low.bounds.item<double>() - 1e-12);
    CHECK(high_end - high < 0.05);
    CHECK(low - low_end < 0.05);
  }
}

TEST_CASE("viable range: no slack and a person of another shape are refused") {
  const Tensor X = Rng{1}.normal({20, 2}, at::kDouble);
  const Tensor y = (X.select(1, 0) > 0).to(at::kDouble);
  const LogisticFit best = logistic_solve(X, y);
  const LevelSet set = level_set(X, y, best, 1e-3);
  CHECK_THROWS_AS(viable_ranges(set, X, {.slack = 0}), Error);
  CHECK_THROWS_AS(viable_ranges(set, X[0]), Error);
  CHECK_THROWS_AS(viable_ranges(set, X.slice(1, 1)), Error);
  CHECK_THROWS_AS(level_set(X, y, best, 0), Error);
  CHECK_THROWS_AS(level_set(X.slice(1, 1), y, best, 1e-3), Error);
}
