// Binary networks: exact risks against every intervention function one by one.
#include "offprint/worlds/binary_network.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace offprint;
using namespace offprint::kernels;
using namespace offprint::worlds;

TEST_CASE("binary networks: the worst case is the largest over all intervention functions") {
  Rng rng(3);
  for (int draw = 0; draw < 20; ++draw) {
    const TransferProblem p = random_problem({.stable = 4, .moving = 2, .degree = 2}, rng);
    const BinaryTransfer exact(random_network(p.graph, rng), p);
    std::vector<std::vector<int>> shift;  // in causal order
    size_t bits = 0;
    for (const int i : causal_order(p.graph)) {
      if (!has(p.moving, i)) continue;
      shift.emplace_back(size_t{1} << count_of(p.graph.parents[static_cast<size_t>(i)]));
      bits += shift.back().size();
    }
    if (bits > 10) continue;
    for (const NodeSet subset : {NodeSet{0}, p.stable(), p.stable() & rng.bits()}) {
      double largest = 0;
      for (size_t tables = 0; tables < (size_t{1} << bits); ++tables) {
        size_t bit = 0;
        for (auto& h : shift)
          for (int& value : h) value = static_cast<int>((tables >> bit++) & 1);
        largest = std::max(largest, exact.risk(subset, shift));
      }
      const WorstCase worst = exact.worst_case(subset);
      CHECK(worst.risk == doctest::Approx(largest).epsilon(1e-12));
      CHECK(exact.risk(subset, worst.shift) == doctest::Approx(largest).epsilon(1e-12));
    }
  }
}

TEST_CASE("binary networks: equivalent subsets have one predictor, the whole set wins if it must") {
  Rng rng(7);
  for (int draw = 0; draw < 30; ++draw) {
    const TransferProblem p =
        random_problem({.stable = 5, .moving = 1, .degree = 2.5, .guaranteed = true}, rng);
    const BinaryTransfer exact(random_network(p.graph, rng), p);
    const double whole = exact.worst_case(p.stable()).risk;
    for (NodeSet s = 0; s <= p.stable(); ++s) {
      if ((s & ~p.stable()) != 0) continue;
      CHECK(whole <= exact.worst_case(s).risk + 1e-12);
      const std::vector<double> f = exact.predictor(s), g = exact.predictor(essential_part(p, s));
      double off = 0;
      for (size_t x = 0; x < f.size(); ++x) off = std::max(off, std::abs(f[x] - g[x]));
      CHECK(off < 1e-12);
    }
  }
}

TEST_CASE("binary networks: without a choice of the adversary's the risk is the variance") {
  // y -> m alone: m tells nothing of y under do(m).
  TransferProblem p;
  p.graph = unconnected({"y", "m"});
  p.graph.parents[1] = node(0);
  p.moving = node(1);
  const BinaryTransfer exact({p.graph, {{0.3}, {0.1, 0.9}}}, p);
  CHECK(exact.worst_case(0).risk == doctest::Approx(0.21));
  CHECK(exact.predictor(0)[0] == doctest::Approx(0.3));
}

TEST_CASE("random graphs: no circles, about the degree asked for") {
  Rng rng(2);
  int64_t edges = 0;
  for (int draw = 0; draw < 100; ++draw) {
    const CausalGraph g = random_graph(20, 2, rng);
    CHECK(causal_order(g).size() == 20);
    for (const NodeSet parents : g.parents) edges += count_of(parents);
  }
  CHECK(2.0 * static_cast<double>(edges) / 2000 == doctest::Approx(2).epsilon(0.1));
}
