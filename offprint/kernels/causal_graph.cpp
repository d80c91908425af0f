#include "offprint/kernels/causal_graph.h"

#include <algorithm>
#include <array>
#include <bit>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

std::string circle_text(const CausalGraph& g, NodeSet left) {
  // Every variable left has a parent left: walking up must come back to where one has been.
  std::vector<int> walk{std::countr_zero(left)};
  for (;;) {
    const int up = std::countr_zero(g.parents[static_cast<size_t>(walk.back())] & left);
    const auto seen = std::ranges::find(walk, up);
    walk.push_back(up);
    if (seen == walk.end() - 1 || std::ranges::count(walk, up) < 2) continue;
    std::string text = g.names[static_cast<size_t>(up)];
    for (size_t i = walk.size() - 1; i-- > 0;) {
      text += " -> " + g.names[static_cast<size_t>(walk[i])];
      if (walk[i] == up) return text;
    }
  }
}

std::string dot_quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

std::vector<int> members(NodeSet set) {
  std::vector<int> out;
  for (; set != 0; set &= set - 1) out.push_back(std::countr_zero(set));
  return out;
}

int count_of(NodeSet set) { return std::popcount(set); }

int CausalGraph::find(std::string_view name) const {
  const auto at = std::ranges::find(names, name);
  return at == names.end() ? -1 : static_cast<int>(at - names.begin());
}

CausalGraph unconnected(std::vector<std::string> names) {
  require(names.size() <= static_cast<size_t>(kMostNodes),
          "graph: {} variables, expected at most {}", names.size(), kMostNodes);
  CausalGraph g;
  g.parents.assign(names.size(), 0);
  g.names = std::move(names);
  return g;
}

NodeSet children(const CausalGraph& g, NodeSet of) {
  NodeSet out = 0;
  for (int i = 0; i < g.size(); ++i)
    if ((g.parents[static_cast<size_t>(i)] & of) != 0) out |= node(i);
  return out;
}

NodeSet ancestors(const CausalGraph& g, NodeSet of) {
  NodeSet out = 0;
  while (of != 0) {
    const int i = std::countr_zero(of);
    out |= node(i);
    of = (of | g.parents[static_cast<size_t>(i)]) & ~out;
  }
  return out;
}

NodeSet descendants(const CausalGraph& g, NodeSet of) {
  for (NodeSet more = of; more != 0;) {
    more = children(g, of) & ~of;
    of |= more;
  }
  return of;
}

std::vector<int> causal_order(const CausalGraph& g) {
  std::vector<int> order;
  NodeSet left = g.all();
  while (left != 0) {
    const size_t before = order.size();
    for (const int i : members(left))
      if ((g.parents[static_cast<size_t>(i)] & left) == 0) order.push_back(i), left &= ~node(i);
    if (order.size() == before) fail("graph: {} is a circle", circle_text(g, left));
  }
  return order;
}

CausalGraph mutilated(const CausalGraph& g, NodeSet set) {
  CausalGraph out = g;
  for (const int i : members(set)) out.parents[static_cast<size_t>(i)] = 0;
  return out;
}

CausalGraph without(const CausalGraph& g, NodeSet set) {
  CausalGraph out = mutilated(g, set);
  for (NodeSet& p : out.parents) p &= ~set;
  return out;
}

NodeSet reachable(const CausalGraph& g, int x, NodeSet given) {
  const NodeSet opens = ancestors(g, given);  // colliders that let through
  std::vector<NodeSet> below(static_cast<size_t>(g.size()));
  for (int i = 0; i < g.size(); ++i)
    for (const int p : members(g.parents[static_cast<size_t>(i)]))
      below[static_cast<size_t>(p)] |= node(i);
  // Seen and to be visited, by whether one comes up from a child or down from a parent.
  std::array<NodeSet, 2> seen{}, next{node(x), 0};
  NodeSet out = 0;
  while ((next[0] | next[1]) != 0) {
    const bool down = next[0] == 0;
    const int i = std::countr_zero(next[down]);
    next[down] &= ~node(i), seen[down] |= node(i);
    const bool held = has(given, i);
    if (!held) out |= node(i);
    const NodeSet up = g.parents[static_cast<size_t>(i)];
    if (down ? has(opens, i) : !held) next[0] |= up & ~seen[0];
    if (!held) next[1] |= below[static_cast<size_t>(i)] & ~seen[1];
  }
  return out;
}

bool d_separated(const CausalGraph& g, NodeSet x, NodeSet y, NodeSet given) {
  y &= ~given;
  for (const int i : members(x & ~given))
    if ((reachable(g, i, given) & y) != 0) return false;
  return true;
}

std::string set_text(const CausalGraph& g, NodeSet set) {
  std::vector<std::string> names;
  for (const int i : members(set)) names.push_back(g.names[static_cast<size_t>(i)]);
  return fmt::format("{{{}}}", fmt::join(names, ", "));
}

std::string to_dot(const CausalGraph& g, int outcome, NodeSet marked) {
  std::string text = "digraph {\n";
  for (int i = 0; i < g.size(); ++i) {
    text += "  " + dot_quoted(g.names[static_cast<size_t>(i)]);
    if (i == outcome) text += " [shape=box]";
    if (has(marked, i)) text += " [style=dashed]";
    text += ";\n";
  }
  for (int i = 0; i < g.size(); ++i)
    for (const int p : members(g.parents[static_cast<size_t>(i)]))
      text += fmt::format("  {} -> {};\n", dot_quoted(g.names[static_cast<size_t>(p)]),
                          dot_quoted(g.names[static_cast<size_t>(i)]));
  return text + "}\n";
}

}  // namespace offprint::kernels
