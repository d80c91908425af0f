// predictive-multiplicity at quick scale with fewer people, as `offprint run` gives it, and its
// oracles.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/mixed_integer.h"
#include "offprint/papers/predictive_multiplicity/oracles.h"
#include "offprint/papers/predictive_multiplicity/tables.h"
#include "offprint/tasks/discrepancy.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::predictive_multiplicity;

TEST_SUITE("paper") {
  TEST_CASE("predictive multiplicity quick, shortened: identities hold, its drivers drive") {
    RunRequest request;
    request.options = {{"people", 20},        {"small-tables", 1}, {"scale-people", 20},
                       {"table-people", 100}, {"seconds", 0.5},    {"sweep-rows", 150}};
    const RunCard card = card_of("predictive-multiplicity", request);
    for (const std::string id : {"range-gap", "range-inside", "range-rays", "monotone"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    if (!kernels::has_mixed_integer()) return;
    for (const std::string id : {"enumeration", "screening-same"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
  }
}

TEST_CASE("predictive multiplicity: enumeration finds what one feature moves by hand") {
  // All scores move together with the intercept alone: with equal rows all or none are moved.
  const Tensor X = at::zeros({10, 2}, at::kDouble), y = at::zeros({10}, at::kDouble);
  y.slice(0, 0, 4).fill_(1);
  const tasks::NearOptimal base = tasks::near_optimal(X, y, 0.1);
  // Probability 0.4: at 0.5 the loss is log 2 instead of the entropy of 0.4.
  const double at_half = std::log(2.0) - base.best.objective;
  CHECK(moved_by_enumeration(base, at_half + 1e-6, 0.1) == 10);
  CHECK(moved_by_enumeration(base, 0.9 * at_half, 0.1) == 0);
  const Tensor person = at::zeros({2}, at::kDouble);
  CHECK(std::abs(highest_by_rays(base, person, at_half)) < 1e-4);
}

TEST_CASE("predictive multiplicity: generated tables have the character that was asked for") {
  const Cases c = generate({.outliers = 0.1, .margin = 3}, 2000, Rng(3));
  CHECK(c.y.mean().item<double>() == doctest::Approx(0.5));
  const Tensor ones = c.X.select(1, 0).masked_select(c.y > 0.5);
  CHECK(ones.median().item<double>() == doctest::Approx(1.5).epsilon(0.15));
  CHECK((ones < -2.5).to(at::kDouble).mean().item<double>() == doctest::Approx(0.1).epsilon(0.4));
  CHECK(sample_rows(c, 100, Rng(1)).X.size(0) == 100);
  CHECK(!defendants("/no/such/folder"));
}

TEST_CASE("predictive multiplicity: options that make no sense are refused") {
  RunRequest request;
  request.options = {{"seconds", 0.0}};
  CHECK_THROWS_AS(card_of("predictive-multiplicity", request), Error);
  request.options = {{"people", 0}};
  CHECK_THROWS_AS(card_of("predictive-multiplicity", request), Error);
}
