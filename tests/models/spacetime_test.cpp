#include "offprint/models/spacetime.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

namespace {

SpaceTime small_model(const char* centre = "mean") {
  SpaceTimeOptions o;
  o.lookback = 40, o.width = 6, o.states = 8, o.blocks = 2, o.centre = centre;
  Rng rng(1);
  SpaceTime m = make_spacetime(o, rng);
  m.loop.K = 0.2 * rng.normal({6, 8});
  return m;
}

}  // namespace

TEST_CASE("SpaceTime: a longer horizon begins with the shorter one") {
  const SpaceTime m = small_model();
  const Tensor x = Rng(2).normal({3, 40});
  CHECK(relative_error(forecast(m, x, 60).slice(1, 0, 12), forecast(m, x, 12)) < 1e-5);
}

TEST_CASE("SpaceTime: a shifted history gives a forecast shifted as much") {
  for (const char* centre : {"mean", "last"}) {
    const SpaceTime m = small_model(centre);
    const Tensor x = Rng(3).normal({3, 40});
    CHECK(max_abs_diff(forecast(m, x + 5, 10), forecast(m, x, 10) + 5) < 1e-4);
  }
}

TEST_CASE("SpaceTime: the errors it trains on are those of its forecasts, future unseen") {
  const SpaceTime m = small_model();
  const Tensor w = Rng(4).normal({3, 50});
  const SpaceTimeErrors e = errors(m, w, 10, nullptr);
  const Tensor guess = forecast(m, w.slice(1, 0, 40), 10);
  const double expected = (guess - w.slice(1, 40)).square().mean().sqrt().item<double>();
  CHECK(e.horizon.item<double>() == doctest::Approx(expected).epsilon(1e-4));
  Tensor other = w.clone();
  other.slice(1, 41).fill_(100);  // the last value of the history still has its next one
  CHECK(max_abs_diff(errors(m, other, 10, nullptr).history, e.history) < 1e-4);
}

TEST_CASE("SpaceTime: every parameter has a gradient, dropout comes from its rng alone") {
  SpaceTime m = small_model();
  Tensors all;
  for (const nn::Parameter& p : nn::parameters_of(m)) all.push_back(p.tensor);
  CHECK(all.size() == 2 + 2 * 7 + 4 + 2);
  const Tensor w = Rng(5).normal({2, 50});
  const auto loss = [&](Rng* rng) {
    const SpaceTimeErrors e = errors(m, w, 10, rng);
    return e.horizon + e.history + e.inputs;
  };
  for (const Tensor& g : gradients({loss(nullptr)}, all)) CHECK(g.abs().max().item<double>() > 0);
  Rng a(6), b(6), c(7);
  const Tensor first = loss(&a);
  CHECK(loss(&b).equal(first));
  CHECK_FALSE(loss(&c).equal(first));
}

TEST_CASE("SpaceTime: wrong options and shapes are one line") {
  Rng rng(8);
  SpaceTimeOptions o;
  o.centre = "median";
  CHECK_THROWS_WITH_AS(make_spacetime(o, rng), "--centre: 'median', expected mean|last", Error);
  o.centre = "mean", o.width = 0;
  CHECK_THROWS_AS(make_spacetime(o, rng), Error);
  CHECK_THROWS_AS(forecast(small_model(), at::zeros({40}), 5), Error);
  CHECK_THROWS_AS(errors(small_model(), at::zeros({2, 5}), 5, nullptr), Error);
}
