// The graph's verdict on the whole stable set, and equivalence classes against all subsets.
#include "offprint/kernels/stable_subsets.h"

#include <doctest/doctest.h>

#include <set>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

namespace {

TransferProblem problem_of(const std::vector<std::string>& names, NodeSet moving,
                           const std::vector<std::pair<const char*, const char*>>& edges) {
  TransferProblem p;
  p.graph = unconnected(names);
  p.outcome = p.graph.find("y");
  for (const auto& [from, to] : edges)
    p.graph.parents[static_cast<size_t>(p.graph.find(to))] |= node(p.graph.find(from));
  p.moving = moving;
  return p;
}

TransferProblem random_problem(int p, double chance, Rng& rng) {
  TransferProblem out;
  std::vector<std::string> names;
  for (int i = 0; i < p; ++i) names.push_back("v" + std::to_string(i));
  out.graph = unconnected(names);
  const std::vector<int64_t> order = rng.permutation(p);
  for (size_t i = 0; i < order.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (rng.uniform() < chance)
        out.graph.parents[static_cast<size_t>(order[i])] |= node(static_cast<int>(order[j]));
  out.outcome = static_cast<int>(rng.integer(p));
  out.moving = node(static_cast<int>(rng.integer(p))) & ~node(out.outcome);
  return out;
}

// The paper's definition, literally: some part of both makes the rest of each independent of the
// outcome under do(X_M), the mutable variables known.
bool equivalent_by_definition(const TransferProblem& p, NodeSet a, NodeSet b) {
  const CausalGraph g = mutilated(p.graph, p.moving);
  const NodeSet both = a & b;
  for (NodeSet part = both;; part = (part - 1) & both) {
    if (d_separated(g, a & ~part, node(p.outcome), part | p.moving) &&
        d_separated(g, b & ~part, node(p.outcome), part | p.moving))
      return true;
    if (part == 0) return false;
  }
}

}  // namespace

TEST_CASE("whole stable set: not guaranteed where the outcome points below its mutable child") {
  const TransferProblem triangle =
      problem_of({"y", "m", "x"}, node(1), {{"y", "m"}, {"m", "x"}, {"y", "x"}});
  const WholeSetVerdict v = whole_set_verdict(triangle);
  CHECK(v.children == node(1));
  CHECK(v.below == node(2));
  CHECK(v.offending == node(2));
  CHECK_FALSE(v.guaranteed());
  CHECK(whole_set_verdict(problem_of({"y", "m", "x"}, node(1), {{"y", "m"}, {"m", "x"}}))
            .guaranteed());
  CHECK(
      whole_set_verdict(problem_of({"y", "m", "x"}, node(1), {{"m", "y"}, {"m", "x"}, {"y", "x"}}))
          .guaranteed());
}

TEST_CASE("equivalence: what the nearer variable says, the further one says no more") {
  const TransferProblem chain =
      problem_of({"y", "a", "b", "m"}, node(3), {{"y", "a"}, {"a", "b"}, {"y", "m"}});
  CHECK(essential_part(chain, node(1) | node(2)) == node(1));
  CHECK(equivalent(chain, node(1), node(1) | node(2)));
  CHECK_FALSE(equivalent(chain, node(1), node(2)));
  CHECK(equivalence_classes(chain).representatives == std::vector<NodeSet>{0, node(1), node(2)});
  // A parent of a child says something only beside the child.
  const TransferProblem spouse =
      problem_of({"y", "c", "s", "m"}, node(3), {{"y", "c"}, {"s", "c"}, {"y", "m"}});
  CHECK(equivalence_classes(spouse).representatives ==
        std::vector<NodeSet>{0, node(1), node(1) | node(2)});
}

TEST_CASE("equivalence classes are those of all subsets by definition, on 1000 random graphs") {
  Rng rng(11);
  int64_t wrong = 0, merged = 0;
  for (int draw = 0; draw < 1000; ++draw) {
    const int size = 3 + static_cast<int>(rng.integer(4));
    const TransferProblem p = random_problem(size, 0.15 + 0.4 * rng.uniform(), rng);
    std::vector<NodeSet> subsets;
    for (NodeSet s = 0; s <= p.graph.all(); ++s)
      if ((s & ~p.stable()) == 0) subsets.push_back(s);
    // Each subset joins the first that it is equivalent to.
    std::vector<NodeSet> firsts;
    for (const NodeSet s : subsets) {
      bool known = false;
      for (const NodeSet f : firsts) {
        if (!equivalent_by_definition(p, f, s)) continue;
        known = true;
        wrong += !equivalent(p, f, s);
        break;
      }
      if (!known) firsts.push_back(s);
    }
    const SubsetClasses found = equivalence_classes(p);
    wrong += found.representatives.size() != firsts.size();
    std::set<NodeSet> parts;
    for (const NodeSet f : firsts) parts.insert(essential_part(p, f));
    wrong += parts != std::set<NodeSet>(found.representatives.begin(), found.representatives.end());
    merged += firsts.size() < subsets.size();
  }
  CHECK(wrong == 0);
  CHECK(merged > 300);
}

TEST_CASE("equivalence classes: a chain of 40 has 41, and the search stops where it is told") {
  TransferProblem chain;
  std::vector<std::string> names;
  for (int i = 0; i <= 40; ++i) names.push_back("v" + std::to_string(i));
  chain.graph = unconnected(names);
  for (int i = 1; i <= 40; ++i) chain.graph.parents[static_cast<size_t>(i)] = node(i - 1);
  CHECK(equivalence_classes(chain).representatives.size() == 41);
  const SubsetClasses few = equivalence_classes(chain, 5);
  CHECK(few.representatives.size() == 5);
  CHECK_FALSE(few.complete);
}

TEST_CASE("transfer problems: an outcome that is mutable is refused") {
  TransferProblem p = problem_of({"y", "m"}, node(1), {{"y", "m"}});
  p.moving = node(0);
  CHECK_THROWS_AS(require_problem(p), Error);
}
