#include "offprint/tasks/detection_scores.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {
Tensor bools(std::vector<int> v) { return at::tensor(v).to(at::kBool); }
}  // namespace

TEST_CASE("average precision and best F1: hand-computed, equal scores together") {
  const Tensor scores = at::tensor({0.9, 0.8, 0.7, 0.6}), labels = bools({1, 0, 1, 0});
  CHECK(average_precision(scores, labels) == doctest::Approx(0.5 * 1 + 0.5 * 2.0 / 3));
  CHECK(best_f1(scores, labels) == doctest::Approx(2 * 2 / 5.0));
  const Tensor tied = at::tensor({0.5, 0.5, 0.5, 0.5});
  CHECK(average_precision(tied, labels) == doctest::Approx(0.5));  // chance
  CHECK(average_precision(scores, bools({1, 1, 0, 0})) == doctest::Approx(1));
  CHECK(best_f1(scores, bools({1, 1, 0, 0})) == doctest::Approx(1));
}

TEST_CASE("average precision of random scores is the share of the labels") {
  Rng rng(1);
  const Tensor labels = rng.uniform({20000}).lt(0.1);
  CHECK(average_precision(rng.uniform({20000}), labels) == doctest::Approx(0.1).epsilon(0.1));
}

TEST_CASE("point adjustment: a run has its largest score, and flatters scores that know nothing") {
  const Tensor labels =
      bools({0, 0, 1, 0, 1, 1, 1, 1}).view({4, 2});  // columns 0,1,1,1 and 0,0,1,1
  const Tensor scores = at::tensor({0.1, 0.2, 0.3, 0.9, 0.5, 0.6, 0.4, 0.7}).view({4, 2});
  const Tensor expected = at::tensor({0.1, 0.2, 0.5, 0.9, 0.5, 0.7, 0.5, 0.7}).view({4, 2});
  CHECK(max_abs_diff(point_adjusted(scores, labels), expected) < 1e-6);
  Tensor events = at::zeros({4000, 1}, at::kBool);
  for (int64_t i = 0; i < 4; ++i) events.slice(0, 1000 * i, 1000 * i + 200).fill_(true);
  const Tensor random = Rng(2).uniform({4000, 1});
  CHECK(best_f1(random, events) < 0.4);
  CHECK(best_f1(point_adjusted(random, events), events) > 0.9);
}

TEST_CASE("detection: shapes that do not fit and nothing labelled are one line") {
  CHECK_THROWS_WITH_AS(average_precision(at::zeros({3}), bools({0, 0, 0})),
                       "detection: nothing of 3 is labelled", Error);
  CHECK_THROWS_AS(best_f1(at::zeros({3}), bools({0, 1})), Error);
  CHECK_THROWS_AS(point_adjusted(at::zeros({3}), bools({0, 1, 0})), Error);
}
