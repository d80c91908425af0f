#include "offprint/tasks/cascade.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("cascade: a case by hand") {
  const std::vector<CascadeTask> tasks = {
      {0.9, true, true, 1, 50}, {0.6, true, true, 1, 50}, {0.3, false, true, 1, 50}};
  const auto curve = cascade_curve(tasks, 30);
  REQUIRE(curve.size() == 4);
  CHECK(curve[0].asked == 0);
  CHECK(curve[0].cost_per_success == doctest::Approx(3.0 / 2));
  CHECK(curve[0].cost_per_success_mended == doctest::Approx(33.0 / 2));
  CHECK(curve[1].threshold == doctest::Approx(0.45));
  CHECK(curve[1].success == 1);
  CHECK(curve[1].cost_per_success == doctest::Approx(53.0 / 3));
  CHECK(curve[3].asked == 1);
  CHECK(curve[3].cost == doctest::Approx(51));
  CHECK(cheapest(curve, 0.95)->threshold == doctest::Approx(0.45));
  CHECK(cheapest(curve, 0.5)->asked == 0);
  CHECK_FALSE(cheapest(curve, 1.1));
}

TEST_CASE("cascade: nobody right has no cost of a success, and a tie is one point") {
  const auto curve = cascade_curve({{0.5, false, false, 1, 2}, {0.5, false, false, 1, 2}}, 0);
  REQUIRE(curve.size() == 2);
  CHECK(std::isinf(curve[0].cost_per_success));
  CHECK_THROWS_WITH(cascade_curve({}, 0), "cascade: no tasks, expected some");
}

TEST_CASE("cascade: a confidence that tells beats asking at random, at the same share asked") {
  Rng rng(1);
  std::vector<CascadeTask> told, blind;
  for (int i = 0; i < 2000; ++i) {
    const double p = rng.uniform();
    CascadeTask t{p, rng.uniform() < p, true, 1, 50};
    told.push_back(t);
    t.confidence = rng.uniform(), blind.push_back(t);
  }
  CHECK(apply_threshold(told, 0.5, 0).success > apply_threshold(blind, 0.5, 0).success + 0.1);
}
