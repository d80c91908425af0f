#include "offprint/tasks/discrepancy.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/mixed_integer.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

NearOptimal sample(int64_t n, int64_t d, uint64_t seed) {
  Rng rng{seed};
  const Tensor X = rng.normal({n, d}, at::kDouble);
  const Tensor y = (X.select(1, 0) + rng.normal({n}, at::kDouble) > 0).to(at::kDouble);
  return near_optimal(X, y, 0.01);
}

double share_moved(const NearOptimal& base, const Tensor& weights, double delta) {
  const Tensor p = best_scores(base, base.X).sigmoid(), q = scores_of(base.X, weights).sigmoid();
  return ambiguity((p - q).abs(), delta);
}

}  // namespace

TEST_CASE("discrepancy: its model is in the set and moves that many; no sampled model moves more") {
  if (!kernels::has_mixed_integer()) return;
  Progress progress;
  for (const uint64_t seed : {1, 2}) {
    const NearOptimal base = sample(18, 2, seed);
    const double slack = slack_of(base, 0.02, true);
    const auto r = viable_ranges(base, base.X, slack, progress);
    const Tensor moves = greatest_moves(best_scores(base, base.X), r);
    for (const double delta : {0.05, 0.1}) {
      const Discrepancy d = discrepancy(base, base.X, r, slack, delta, {.gap = 0}, progress);
      CHECK(d.proved);
      CHECK(d.lower == doctest::Approx(d.upper));
      CHECK(d.upper <= ambiguity(moves, delta) + 1e-12);
      CHECK(share_moved(base, d.weights, delta) == doctest::Approx(d.lower));
      const kernels::Doubles w(d.weights.const_data_ptr<double>(),
                               d.weights.const_data_ptr<double>() + d.weights.numel());
      CHECK(kernels::objective(base.set, w) <= base.best.objective + slack + 1e-12);
      const Discrepancy below = discrepancy_from_below(base, base.X, r, slack, delta);
      CHECK(below.lower <= d.lower + 1e-12);
      CHECK(below.upper >= d.upper - 1e-12);
      Rng rng{seed + 10};
      for (int k = 0; k < 300; ++k) {
        const Tensor step = base.set.inverse_hessian.matmul(rng.normal({3}, at::kDouble));
        const Tensor to = base.best.weights + step;
        const kernels::Doubles there(to.const_data_ptr<double>(),
                                     to.const_data_ptr<double>() + to.numel());
        const kernels::BorderModel m = kernels::border_model(base.set, there, slack);
        const Tensor model = at::tensor(m.weights, to.options());
        CHECK(share_moved(base, model, delta) <= d.upper + 1e-12);
      }
    }
  }
}

TEST_CASE("discrepancy: screening changes no optimum; people alike count together") {
  if (!kernels::has_mixed_integer()) return;
  Progress progress;
  const NearOptimal base = sample(16, 2, 5);
  const double slack = slack_of(base, 0.02, true), delta = 0.08;
  const Tensor twice = at::cat({base.X, base.X});
  const auto r = viable_ranges(base, base.X, slack, progress);
  const auto both = viable_ranges(base, twice, slack, progress);
  const Discrepancy a = discrepancy(base, base.X, r, slack, delta, {.gap = 0}, progress);
  const Discrepancy b =
      discrepancy(base, base.X, r, slack, delta, {.gap = 0, .screen = false}, progress);
  const Discrepancy c = discrepancy(base, twice, both, slack, delta, {.gap = 0}, progress);
  CHECK(a.proved);
  CHECK(b.proved);
  CHECK(a.lower == doctest::Approx(b.lower));
  CHECK(a.lower == doctest::Approx(c.lower));
  CHECK(a.binaries < b.binaries);
  CHECK(a.binaries == c.binaries);
}

TEST_CASE("discrepancy: no slack moves nobody, and a delta out of range is refused") {
  const NearOptimal base = sample(30, 2, 6);
  Progress progress;
  const auto r = viable_ranges(base, base.X, 0, progress);
  const Discrepancy d = discrepancy(base, base.X, r, 0, 0.1, {}, progress);
  CHECK(d.lower == 0);
  CHECK(d.upper == 0);
  CHECK_THROWS_AS(discrepancy(base, base.X, r, 0, 0, {}, progress), Error);
  CHECK_THROWS_AS(slack_of(base, -1, true), Error);
}
