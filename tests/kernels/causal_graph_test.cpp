// Directed acyclic graphs: hand cases, and d-separation against every path one by one.
#include "offprint/kernels/causal_graph.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

CausalGraph graph_of(int p, const std::vector<std::pair<int, int>>& edges) {
  std::vector<std::string> names;
  for (int i = 0; i < p; ++i) names.push_back(std::string(1, static_cast<char>('a' + i)));
  CausalGraph g = unconnected(names);
  for (const auto& [from, to] : edges) g.parents[static_cast<size_t>(to)] |= node(from);
  return g;
}

CausalGraph random_dag(int p, double chance, Rng& rng) {
  CausalGraph g = graph_of(p, {});
  const std::vector<int64_t> order = rng.permutation(p);
  for (size_t i = 0; i < order.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (rng.uniform() < chance)
        g.parents[static_cast<size_t>(order[i])] |= node(static_cast<int>(order[j]));
  return g;
}

bool arrow(const CausalGraph& g, int from, int to) {
  return has(g.parents[static_cast<size_t>(to)], from);
}

bool below_one_of(const CausalGraph& g, int i, NodeSet set) {  // i or a descendant is in the set
  if (has(set, i)) return true;
  for (int c = 0; c < g.size(); ++c)
    if (arrow(g, i, c) && below_one_of(g, c, set)) return true;
  return false;
}

// Pearl's definition: some path on which every collider has a descendant that is given and nothing
// else is given.
bool open_path(const CausalGraph& g, std::vector<int>& path, int y, NodeSet given) {
  if (path.back() == y) {
    for (size_t k = 1; k + 1 < path.size(); ++k) {
      const bool collider = arrow(g, path[k - 1], path[k]) && arrow(g, path[k + 1], path[k]);
      if (collider ? !below_one_of(g, path[k], given) : has(given, path[k])) return false;
    }
    return true;
  }
  for (int next = 0; next < g.size(); ++next) {
    if (!arrow(g, path.back(), next) && !arrow(g, next, path.back())) continue;
    bool visited = false;
    for (const int i : path) visited = visited || i == next;
    if (visited) continue;
    path.push_back(next);
    const bool open = open_path(g, path, y, given);
    path.pop_back();
    if (open) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("d-separation: chain, fork, collider and a collider's descendant") {
  const CausalGraph chain = graph_of(3, {{0, 1}, {1, 2}});
  CHECK_FALSE(d_separated(chain, node(0), node(2), 0));
  CHECK(d_separated(chain, node(0), node(2), node(1)));
  const CausalGraph fork = graph_of(3, {{1, 0}, {1, 2}});
  CHECK_FALSE(d_separated(fork, node(0), node(2), 0));
  CHECK(d_separated(fork, node(0), node(2), node(1)));
  const CausalGraph collider = graph_of(4, {{0, 1}, {2, 1}, {1, 3}});
  CHECK(d_separated(collider, node(0), node(2), 0));
  CHECK_FALSE(d_separated(collider, node(0), node(2), node(1)));
  CHECK_FALSE(d_separated(collider, node(0), node(2), node(3)));
}

TEST_CASE("d-separation, do and relatives agree with their definitions on 1000 random graphs") {
  Rng rng(5);
  int64_t wrong = 0, asked = 0, separated = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    const int p = 3 + static_cast<int>(rng.integer(5));
    const CausalGraph whole = random_dag(p, 0.15 + 0.4 * rng.uniform(), rng);
    const NodeSet cut = rng.bits() & rng.bits() & whole.all();
    const CausalGraph g = mutilated(whole, cut);
    for (int i = 0; i < p; ++i) {
      CHECK(g.parents[static_cast<size_t>(i)] ==
            (has(cut, i) ? 0 : whole.parents[static_cast<size_t>(i)]));
      const NodeSet down = descendants(g, node(i));
      for (int j = 0; j < p; ++j) {
        wrong += has(down, j) != below_one_of(g, i, node(j));
        wrong += has(ancestors(g, node(j)), i) != has(down, j);
      }
    }
    for (int question = 0; question < 6; ++question) {
      const int x = static_cast<int>(rng.integer(p)), y = static_cast<int>(rng.integer(p));
      if (x == y) continue;
      const NodeSet given = rng.bits() & g.all() & ~node(x) & ~node(y);
      std::vector<int> path{x};
      const bool found = d_separated(g, node(x), node(y), given);
      wrong += found == open_path(g, path, y, given);
      ++asked, separated += found;
    }
  }
  CHECK(wrong == 0);
  CHECK(asked > 4000);
  CHECK(separated > 1000);
  CHECK(separated < asked - 1000);
}

TEST_CASE("causal order: parents first, and a circle is named") {
  const CausalGraph g = graph_of(4, {{3, 0}, {0, 2}, {2, 1}});
  CHECK(causal_order(g) == std::vector<int>{3, 0, 2, 1});
  const CausalGraph circle = graph_of(4, {{0, 1}, {1, 2}, {2, 1}, {2, 3}});
  std::string said;
  try {
    causal_order(circle);
  } catch (const Error& error) {
    said = error.what();
  }
  CHECK((said == "graph: b -> c -> b is a circle" || said == "graph: c -> b -> c is a circle"));
  CHECK_THROWS_AS(unconnected(std::vector<std::string>(63)), Error);
}

TEST_CASE("graphs as text: sets, and Graphviz with the outcome and what is marked") {
  const CausalGraph g = graph_of(3, {{0, 1}});
  CHECK(set_text(g, node(0) | node(2)) == "{a, c}");
  CHECK(set_text(g, 0) == "{}");
  CHECK(
      to_dot(g, 1, node(2)) ==
      "digraph {\n  \"a\";\n  \"b\" [shape=box];\n  \"c\" [style=dashed];\n  \"a\" -> \"b\";\n}\n");
}
