#include "offprint/kernels/stable_subsets.h"

#include <algorithm>
#include <tuple>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

// Under do(X_M) the mutable variables are roots that are always known: they part nothing and join
// nothing, so the graph without them answers every question.
CausalGraph stable_graph(const TransferProblem& p) { return without(p.graph, p.moving); }

NodeSet essential(const CausalGraph& g, int outcome, NodeSet subset) {
  for (const int i : members(subset))
    if (d_separated(g, node(i), node(outcome), subset & ~node(i))) subset &= ~node(i);
  return subset;
}

struct Search {
  const CausalGraph& g;
  int outcome;
  NodeSet stable;
  int64_t most;
  SubsetClasses out;

  // Adjacent in the ancestral graph: no set of what is left separates the two. If any does, then
  // their ancestors (and those of the chosen) that are left do. Richardson & Spirtes 2002,
  // theorem 4.2.
  NodeSet neighbours(NodeSet chosen, NodeSet left) {
    NodeSet found = 0;
    for (const int i : members(left)) {
      const NodeSet above = ancestors(g, node(i) | node(outcome) | chosen);
      ++out.separations;
      if (!d_separated(g, node(i), node(outcome), chosen | (above & left & ~node(i))))
        found |= node(i);
    }
    return found;
  }

  void walk(NodeSet chosen, NodeSet left) {
    if (!out.complete) return;
    const NodeSet near = neighbours(chosen, left);
    if (near == 0) {
      if (std::ssize(out.representatives) >= most)
        out.complete = false;
      else
        out.representatives.push_back(chosen);
      return;
    }
    for (NodeSet pick = 0;; pick = (pick - near) & near) {  // all subsets of `near`
      walk(chosen | pick, left & ~near);
      if (pick == near || !out.complete) return;
    }
  }
};

}  // namespace

void require_problem(const TransferProblem& p) {
  require(p.outcome >= 0 && p.outcome < p.graph.size(), "transfer: outcome {} of {} variables",
          p.outcome, p.graph.size());
  require(!has(p.moving, p.outcome), "transfer: the outcome '{}' is mutable, expected it stable",
          p.graph.names[static_cast<size_t>(p.outcome)]);
  causal_order(p.graph);
}

WholeSetVerdict whole_set_verdict(const TransferProblem& p) {
  WholeSetVerdict v;
  const NodeSet from_outcome = children(p.graph, node(p.outcome));
  v.children = from_outcome & p.moving;
  for (const int i : members(v.children)) v.below |= descendants(p.graph, node(i));
  v.below &= ~v.children;
  v.offending = v.below & from_outcome;
  return v;
}

NodeSet essential_part(const TransferProblem& p, NodeSet subset) {
  return essential(stable_graph(p), p.outcome, subset & p.stable());
}

bool equivalent(const TransferProblem& p, NodeSet a, NodeSet b) {
  return essential_part(p, a) == essential_part(p, b);
}

SubsetClasses equivalence_classes(const TransferProblem& p, int64_t most) {
  const CausalGraph g = stable_graph(p);
  Search search{g, p.outcome, p.stable(), most, {}};
  search.walk(0, search.stable);
  std::ranges::sort(search.out.representatives, {},
                    [](NodeSet s) { return std::tuple(count_of(s), s); });
  return search.out;
}

}  // namespace offprint::kernels
