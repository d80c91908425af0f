// Graphs out of tables: p-values that are uniform where nothing is, and graphs that are known.
#include "offprint/kernels/causal_discovery.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("discovery: p-values of what is independent are small as often as they should be") {
  Rng rng(1);
  int correlated = 0, changed = 0;
  for (int draw = 0; draw < 400; ++draw) {
    const Tensor z = rng.normal({200}, at::kDouble);
    const Tensor x = z + rng.normal({200}, at::kDouble), y = z + rng.normal({200}, at::kDouble);
    const Tensor all = at::stack({x, y, z}, 1);
    const Tensor scaled = (all - all.mean(0)) / (all - all.mean(0)).square().sum(0).sqrt();
    correlated += partial_correlation_p(scaled.t().mm(scaled), 200, 0, 1, node(2)) < 0.1;
    const Tensor site = at::arange(200, at::kLong).remainder(3);
    changed += one_mechanism_p(x, z.unsqueeze(1), site, 3) < 0.1;
  }
  CHECK(correlated > 20);
  CHECK(correlated < 60);
  CHECK(changed > 15);
  CHECK(changed < 65);
}

TEST_CASE("discovery: a mechanism that changes its slope, its level or its scale is seen") {
  Rng rng(2);
  const Tensor z = rng.normal({600}, at::kDouble), noise = rng.normal({600}, at::kDouble);
  const Tensor site = at::arange(600, at::kLong).remainder(2);
  const Tensor s = site.to(at::kDouble);
  CHECK(one_mechanism_p(z * (1 + s) + noise, z.unsqueeze(1), site, 2) < 1e-6);
  CHECK(one_mechanism_p(z + s + noise, z.unsqueeze(1), site, 2) < 1e-6);
  CHECK(one_mechanism_p(z + (1 + 2 * s) * noise, z.unsqueeze(1), site, 2) < 1e-6);
  CHECK(one_mechanism_p(z + noise, z.unsqueeze(1), site, 2) > 1e-4);
}

TEST_CASE("discovery: colliders, sites that move a variable, and edges left open") {
  // a -> c <- b, c -> d, and the site moves m, an effect of c.
  Rng rng(3);
  const int64_t n = 3000;
  const auto noise = [&] { return rng.normal({n}, at::kDouble); };
  const Tensor site = at::arange(n, at::kLong).remainder(3);
  const Tensor a = noise(), b = noise(), c = a + b + noise(), d = c + noise();
  const Tensor m = (1 + site.to(at::kDouble)) * c + site.to(at::kDouble) + noise();
  const Discovery found = discover_graph({"a", "b", "c", "d", "m"}, at::stack({a, b, c, d, m}, 1),
                                         site, 3, {.alpha = 0.001});
  CHECK(found.moving == node(4));
  CHECK(found.graph.parents[2] == (node(0) | node(1)));
  CHECK(found.graph.parents[3] == node(2));
  CHECK(found.graph.parents[4] == node(2));
  CHECK(found.undecided == 0);
  const Discovery pair = discover_graph({"a", "c"}, at::stack({a, c}, 1), site, 1);
  CHECK(pair.undecided == 3);
  CHECK(causal_order(pair.graph).size() == 2);
  CHECK_THROWS_AS(discover_graph({"a", "k"}, at::stack({a, at::ones_like(a)}, 1), site, 3), Error);
}
