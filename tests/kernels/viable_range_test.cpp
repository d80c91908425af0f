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

}  // namespace

TEST_CASE("viable range: ends are inside the set, certified, and wider with more slack") {
  Rng rng{21};
  const Tensor X = rng.normal({150, 4}, at::kDouble);
  const Tensor y = (X.select(1, 0) + rng.normal({150}, at::kDouble) > 0.4).to(at::kDouble);
  const LogisticFit best = logistic_solve(X, y, {.l2 = 0.01, .tolerance = 1e-13});
  for (const int64_t i : {0, 1, 2, 3}) {
    double width = 0;
    for (const double slack : {1e-4, 1e-3, 1e-2, 1e-1}) {
      const ViableRange r = viable_range(X, y, X[i], best, {.l2 = 0.01, .slack = slack});
      for (const RangeEnd* end : {&r.low, &r.high}) {
        CHECK(std::abs(end->bound - end->score) <= 1e-6);
        const double f = objectives(X, y, end->weights.unsqueeze(0), 0.01)[0].item<double>();
        CHECK(f <= best.objective + slack + 1e-9);
        const double s = (X[i].dot(end->weights.slice(0, 0, 4)) + end->weights[4]).item<double>();
        CHECK(std::abs(s - end->score) < 1e-9);
      }
      CHECK(r.low.bound <= r.low.score);
      CHECK(r.high.score - r.low.score > width);
      width = r.high.score - r.low.score;
    }
  }
}

TEST_CASE("viable range: a grid over all models of one feature finds no more, and nearly as much") {
  Rng rng{9};
  const Tensor X = rng.normal({40, 1}, at::kDouble);
  const Tensor y = (X.select(1, 0) + rng.normal({40}, at::kDouble) > 0).to(at::kDouble);
  const double l2 = 0.01, slack = 0.02;
  const LogisticFit best = logistic_solve(X, y, {.l2 = l2, .tolerance = 1e-13});
  const Tensor steps = at::arange(-3, 3, 0.02, X.options()), ones = at::ones_like(steps);
  for (const double x : {-1.5, 0.0, 2.0}) {
    const ViableRange r =
        viable_range(X, y, at::full({1}, x, X.options()), best, {.l2 = l2, .slack = slack});
    double low = 1e9, high = -1e9;
    for (int64_t k = 0; k < steps.size(0); ++k) {
      const Tensor W = at::stack({steps[k] + best.weights[0] + 0 * ones, steps}, 1);
      const Tensor inside = objectives(X, y, W, l2) <= best.objective + slack;
      if (!inside.any().item<bool>()) continue;
      const Tensor score = W.select(1, 0) * x + W.select(1, 1);
      low = std::min(low, at::where(inside, score, 1e9).min().item<double>());
      high = std::max(high, at::where(inside, score, -1e9).max().item<double>());
    }
    CHECK(high <= r.high.bound + 1e-12);
    CHECK(low >= r.low.bound - 1e-12);
    CHECK(r.high.score - high < 0.05);
    CHECK(low - r.low.score < 0.05);
  }
}

TEST_CASE("viable range: no slack and a person of another shape are refused") {
  const Tensor X = Rng{1}.normal({20, 2}, at::kDouble);
  const Tensor y = (X.select(1, 0) > 0).to(at::kDouble);
  const LogisticFit best = logistic_solve(X, y);
  CHECK_THROWS_AS(viable_range(X, y, X[0], best, {.slack = 0}), Error);
  CHECK_THROWS_AS(viable_range(X, y, X.select(1, 0), best), Error);
}
