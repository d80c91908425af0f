#include "offprint/papers/causal_minimax/oracles.h"

#include <algorithm>
#include <limits>
#include <map>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"

namespace offprint::papers::causal_minimax {

using kernels::members;
using kernels::node;
using kernels::NodeSet;

bool separated_in_moral_graph(const kernels::CausalGraph& g, NodeSet x, NodeSet y, NodeSet given) {
  x &= ~given, y &= ~given;
  const NodeSet kept = kernels::ancestors(g, x | y | given);
  std::vector<NodeSet> joined(static_cast<size_t>(g.size()));
  const auto join = [&](int a, int b) {
    joined[static_cast<size_t>(a)] |= node(b), joined[static_cast<size_t>(b)] |= node(a);
  };
  for (const int i : members(kept)) {
    const std::vector<int> parents = members(g.parents[static_cast<size_t>(i)]);
    for (size_t a = 0; a < parents.size(); ++a) {
      join(parents[a], i);
      for (size_t b = 0; b < a; ++b) join(parents[a], parents[b]);
    }
  }
  NodeSet seen = x, next = x;
  while (next != 0) {
    NodeSet more = 0;
    for (const int i : members(next)) more |= joined[static_cast<size_t>(i)];
    next = more & kept & ~given & ~seen;
    seen |= next;
  }
  return (seen & y) == 0;
}

bool equivalent_by_definition(const kernels::TransferProblem& p, NodeSet a, NodeSet b) {
  const kernels::CausalGraph g = kernels::mutilated(p.graph, p.moving);
  const NodeSet both = a & b;
  for (NodeSet part = both;; part = (part - 1) & both) {
    const NodeSet given = part | p.moving;
    if (separated_in_moral_graph(g, a & ~part, node(p.outcome), given) &&
        separated_in_moral_graph(g, b & ~part, node(p.outcome), given))
      return true;
    if (part == 0) return false;
  }
}

double enumerated_worst_risk(const tasks::Mechanisms& m, const tasks::StablePredictor& predictor,
                             int64_t grid) {
  const std::vector<int> moving = members(m.problem.moving);
  require(moving.size() == 1, "enumerated_worst_risk: {} mutable variables, expected 1",
          moving.size());
  const int64_t rows = m.data.size(0);
  const auto parents = members(m.problem.graph.parents[static_cast<size_t>(moving[0])]);
  const Tensor above = tasks::beside(tasks::columns_of(m.data), parents, rows);
  std::map<std::vector<double>, std::vector<int64_t>> groups;
  for (int64_t r = 0; r < rows; ++r) groups[numbers(above[r])].push_back(r);
  std::vector<double> worst(groups.size(), 0);
  for (int64_t k = 0; k < grid; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(grid - 1);
    const tasks::Columns shifted = tasks::regenerate(m, [&](int i, const Tensor&) {
      return (m.low[i] + share * (m.high[i] - m.low[i])).expand({rows});
    });
    const std::vector<double> loss = numbers(
        (shifted[static_cast<size_t>(m.problem.outcome)] - tasks::predict(predictor, shifted))
            .square());
    size_t at = 0;
    for (const auto& [values, of] : groups) {
      double sum = 0;
      for (const int64_t r : of) sum += loss[static_cast<size_t>(r)];
      worst[at] = std::max(worst[at], sum), ++at;
    }
  }
  double sum = 0;
  for (const double one : worst) sum += one;
  return sum / static_cast<double>(rows);
}

}  // namespace offprint::papers::causal_minimax
