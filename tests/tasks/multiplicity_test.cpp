#include "offprint/tasks/multiplicity.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

NearOptimal sample(int64_t n, int64_t d, uint64_t seed) {
  Rng rng{seed};
  const Tensor X = rng.normal({n, d}, at::kDouble);
  const Tensor y = (X.select(1, 0) + rng.normal({n}, at::kDouble) > 0).to(at::kDouble);
  return near_optimal(X, y, 0.01);
}

}  // namespace

TEST_CASE(
    "multiplicity: slack and delta move ambiguity the ways they must, no slack moves nobody") {
  const NearOptimal base = sample(120, 4, 1);
  Progress progress;
  const Tensor best = best_scores(base, base.X);
  Tensor before = at::zeros({120}, best.options());
  for (const double epsilon : {0.0, 0.001, 0.01, 0.1}) {
    const auto r = viable_ranges(base, base.X, slack_of(base, epsilon, true), progress);
    const Tensor moves = greatest_moves(best, r);
    CHECK((moves >= before - 1e-12).all().item<bool>());
    if (epsilon == 0) CHECK(moves.max().item<double>() == 0);
    double share = 1;
    for (const double delta : {0.01, 0.05, 0.2}) {
      CHECK(ambiguity(moves, delta) <= share);
      share = ambiguity(moves, delta);
      const Share s = bootstrap_ambiguity(moves, delta, Rng(3), 200);
      CHECK(s.value == share);
      CHECK(s.low <= share);
      CHECK(s.high >= share);
    }
    before = moves;
  }
}

TEST_CASE("multiplicity: candidate models at p - delta and p + delta find the same people") {
  const NearOptimal base = sample(40, 3, 2);
  Progress progress;
  const double slack = slack_of(base, 0.02, true), delta = 0.07;
  const auto r = viable_ranges(base, base.X, slack, progress);
  const Tensor best = best_scores(base, base.X), moves = greatest_moves(best, r);
  double moved = 0;
  for (int64_t i = 0; i < 40; ++i) {
    const double p = best[i].sigmoid().item<double>();
    std::vector<double> ends;
    for (const double end : {p - delta, p + delta})
      if (end > 0 && end < 1) ends.push_back(end);
    moved +=
        candidate_ambiguity(base, base.X.slice(0, i, i + 1), ends, slack, delta, progress).share;
  }
  CHECK(moved / 40 == doctest::Approx(ambiguity(moves, delta)));
  const double coarse =
      candidate_ambiguity(base, base.X, {0.25, 0.5, 0.75}, slack, delta, progress).share;
  CHECK(coarse <= ambiguity(moves, delta));
  CHECK_THROWS_AS(candidate_ambiguity(base, base.X, {1.0}, slack, delta, progress), Error);
}
