// Structural models with additive noise: hand cases, interventions that leave the rest alone.
#include "offprint/worlds/additive_model.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;
using kernels::node;

namespace {

AdditiveModel pair_model() {  // a -> b -> c
  AdditiveModel m;
  m.graph = kernels::unconnected({"a", "b", "c"});
  m.graph.parents[1] = node(0), m.graph.parents[2] = node(1);
  m.mechanisms = {{.weights = {}, .noise = 1},
                  {.weights = {2}, .noise = 0.5},
                  {.link = Link::tanh, .weights = {1}, .noise = 0}};
  return m;
}

}  // namespace

TEST_CASE("additive models: moments of a line, and a link without noise is a function") {
  const Tensor x = sample(pair_model(), 100'000, Rng(1));
  CHECK(x.select(1, 1).square().mean().item<double>() == doctest::Approx(4.25).epsilon(0.02));
  CHECK(max_abs_diff(x.select(1, 2), at::tanh(x.select(1, 1))) == 0);
}

TEST_CASE("additive models: an intervention changes what is below it and nothing else") {
  const AdditiveModel m = pair_model();
  const Tensor before = sample(m, 500, Rng(2));
  const Tensor after = sample(m, 500, Rng(2), {{1, [](const Tensor& parents, const Tensor& noise) {
                                                  return noise - parents.select(1, 0);
                                                }}});
  CHECK(max_abs_diff(before.select(1, 0), after.select(1, 0)) == 0);
  CHECK(max_abs_diff(after.select(1, 1), before.select(1, 1) - 3 * before.select(1, 0)) < 1e-12);
  CHECK(max_abs_diff(after.select(1, 2), at::tanh(after.select(1, 1))) == 0);
}

TEST_CASE("additive models: every kind of noise has the deviation asked for") {
  for (const NoiseKind kind : {NoiseKind::normal, NoiseKind::uniform, NoiseKind::two_points}) {
    AdditiveModel m;
    m.graph = kernels::unconnected({"a"});
    m.mechanisms = {{.weights = {}, .noise = 1.7, .kind = kind}};
    CHECK(sample(m, 50'000, Rng(3)).square().mean().item<double>() ==
          doctest::Approx(2.89).epsilon(0.03));
  }
}

TEST_CASE("additive models: random ones draw on every graph, wrong weights are refused") {
  Rng rng(4);
  const AdditiveModel m = random_additive_model(paper_graph(), false, rng);
  CHECK(sample(m, 50, Rng(5)).sizes() == at::IntArrayRef({50, 11}));
  CHECK(kernels::causal_order(m.graph).size() == 11);
  AdditiveModel wrong = pair_model();
  wrong.mechanisms[1].weights = {};
  CHECK_THROWS_AS(sample(wrong, 5, Rng(1)), Error);
}
