// Directed acyclic graphs of at most 62 variables and what they say of independence. Pearl 2009,
// Causality, sections 1.2.3 (d-separation) and 3.2 (interventions); Koller & Friedman 2009,
// algorithm 3.1 (reachability).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::kernels {

using NodeSet = uint64_t;  // bit i: variable i
inline constexpr int kMostNodes = 62;

constexpr NodeSet node(int i) { return NodeSet{1} << i; }
constexpr bool has(NodeSet set, int i) { return (set >> i) & 1; }
std::vector<int> members(NodeSet set);  // ascending
int count_of(NodeSet set);

struct CausalGraph {
  std::vector<std::string> names;
  std::vector<NodeSet> parents;  // of each variable

  int size() const { return static_cast<int>(names.size()); }
  NodeSet all() const { return node(size()) - 1; }
  int find(std::string_view name) const;  // -1: none of that name
};

// No edges yet. Throws Error on more than kMostNodes names.
CausalGraph unconnected(std::vector<std::string> names);

NodeSet children(const CausalGraph& g, NodeSet of);
NodeSet ancestors(const CausalGraph& g, NodeSet of);  // with `of` itself, as descendants too
NodeSet descendants(const CausalGraph& g, NodeSet of);
// Parents before children. Throws Error "graph: a -> b -> a is a circle".
std::vector<int> causal_order(const CausalGraph& g);

// The graph of do(set): without the arrows into it.
CausalGraph mutilated(const CausalGraph& g, NodeSet set);
// The graph without these variables, whose indices stay: they have no edges.
CausalGraph without(const CausalGraph& g, NodeSet set);

// All variables outside `given` with an active path from x, x itself included.
NodeSet reachable(const CausalGraph& g, int x, NodeSet given);
// Whether each of x is d-separated from each of y given the rest. What is in `given` counts as
// separated.
bool d_separated(const CausalGraph& g, NodeSet x, NodeSet y, NodeSet given);

// "{a, b}", "{}".
std::string set_text(const CausalGraph& g, NodeSet set);
// Graphviz: a line an edge; `marked` variables are dashed, the outcome is a box (-1: none).
std::string to_dot(const CausalGraph& g, int outcome, NodeSet marked);

}  // namespace offprint::kernels
