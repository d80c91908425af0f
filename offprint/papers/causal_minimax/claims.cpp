// The bars of the brief. The condition's form is that of the authors' code; the paper's figures
// stand in plots and were not looked up.
#include "offprint/papers/causal_minimax/recipe.h"

namespace offprint::papers::causal_minimax {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto own = [](std::string id, std::string statement, std::string unit, Direction direction,
                      double bar, ClaimKind kind = identity) {
    return own_claim(std::move(id), std::move(statement), std::move(unit), direction, bar, bar,
                     kind);
  };
  return {
      own("graphs",
          "Random graphs: d-separation, do and equivalence of subsets other than by brute force",
          "answers", at_most, 0),
      of_paper(own("whole-optimal",
                   "Where the graph guarantees the whole stable set: its worst case over the best "
                   "subset's, worst of 20 networks",
                   "% above", at_most, 1, headline),
               "optimal", "theorem on the whole stable set", "any system under the condition"),
      of_paper(
          own("example", "The example: worst-case risk of the chosen subset over the whole set's",
              "ratio", at_most, 0.8, headline),
          "the whole set is not optimal", "counter-example", "a small graph"),
      own("example-verdict", "The graph's verdict on the example: 1 if the whole set is guaranteed",
          "verdict", at_most, 0),
      own("search-exact", "Best of the representatives worse than the best of all subsets",
          "networks", at_most, 0),
      own("share", "Representatives over subsets, 12 stable variables, sparse graphs, mean",
          "share", at_most, 0.1, trend),
      of_paper(own("growth", "Representatives grow like a power of the stable variables: exponent",
                   "exponent", at_most, 4, headline),
               "polynomial", "complexity of algorithm 2", "sparse graphs"),
      own("ascent-below", "Worst-case risk found, below the enumerated one at most", "%", at_most,
          5),
      own("ascent-above", "Worst-case risk found, above the enumerated one at most", "%", at_most,
          2),
      of_paper(own("held-out",
                   "Systems in which the chosen subset's largest error over 20 held-out "
                   "environments is the least of all methods or within 2 % of it",
                   "% of systems", at_least, 80, headline),
               "lowest maximal error", "tables", "synthetic; Alzheimer's (ADNI)"),
  };
}

}  // namespace offprint::papers::causal_minimax
