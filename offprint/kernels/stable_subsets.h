// Which stable variables a predictor may keep when mutable mechanisms change: the graph's verdict
// on keeping all of them, and the subsets that make different predictors. Liu, Zheng, Sun, Fang &
// Wang 2023, arXiv 2107.01876: theorem on the whole stable set, definition of G-equivalence,
// algorithm 2. The condition's form was confirmed in the authors' code
// (causal_discovery/graphparser.py).
#pragma once
#include <cstdint>
#include <vector>

#include "offprint/kernels/causal_graph.h"

namespace offprint::kernels {

struct TransferProblem {
  CausalGraph graph;
  int outcome = 0;
  NodeSet moving = 0;  // the mutable variables X_M
  NodeSet stable() const { return graph.all() & ~moving & ~node(outcome); }
};
// Throws Error on an outcome that is mutable, or out of range; on a circle.
void require_problem(const TransferProblem& problem);

struct WholeSetVerdict {
  NodeSet children = 0;   // X_M^0: mutable children of the outcome
  NodeSet below = 0;      // K: their descendants but themselves
  NodeSet offending = 0;  // children of the outcome in K: empty, and the whole set is optimal
  bool guaranteed() const { return offending == 0; }
};
WholeSetVerdict whole_set_verdict(const TransferProblem& problem);

// The smallest part of `subset` that says as much of the outcome under do(X_M) as all of it: two
// subsets are equivalent where it is the same. d-separation's graphoid makes it unique, so that
// leaving out redundant variables one by one finds it.
NodeSet essential_part(const TransferProblem& problem, NodeSet subset);
bool equivalent(const TransferProblem& problem, NodeSet a, NodeSet b);

struct SubsetClasses {
  std::vector<NodeSet> representatives;  // the smallest of each class, the empty set first
  int64_t separations = 0;               // d-separations asked for
  bool complete = true;                  // false: stopped at `most`
};
// Algorithm 2: choose among the outcome's neighbours in the ancestral graph that is left when what
// was chosen is conditioned on and what was not is marginalised, until there are none. Its work
// grows with the number of classes, not of subsets. Stops at `most` classes.
SubsetClasses equivalence_classes(const TransferProblem& problem, int64_t most = INT64_MAX);

}  // namespace offprint::kernels
