// Which Invariance Should We Transfer? A Causal Minimax Learning Approach. Liu, Zheng, Sun, Fang &
// Wang, arXiv 2107.01876: when all stable variables together are the best to keep, the worst shift
// of the mutable mechanisms, and the search for the subset that stands it best.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::causal_minimax {

struct Options {
  int64_t graphs = 300;       // whose separations and classes are checked
  int64_t networks = 30;      // of binary variables whose subsets are all weighed
  int64_t most_stable = 9;    // variables of those networks
  int64_t growth_draws = 40;  // graphs a size
  int64_t most_grown = 20;    // stable variables of the largest
  int64_t cases = 4;          // whose worst shift is enumerated
  int64_t draws = 3;          // systems on which all methods are compared
  int64_t rows = 300;         // of each environment
  int64_t steps = 40;         // of the ascent
  int64_t starts = 3;
  void visit(auto&& field) {
    field("graphs", graphs, "whose separations and classes are checked");
    field("networks", networks, "of binary variables whose subsets are all weighed");
    field("most-stable", most_stable, "stable variables of those networks");
    field("growth-draws", growth_draws, "graphs of each size, whose classes are counted");
    field("most-grown", most_grown, "stable variables of the largest of them");
    field("cases", cases, "small ones, whose worst shift is enumerated");
    field("draws", draws, "systems on which all methods are compared");
    field("rows", rows, "of each environment");
    field("steps", steps, "of the ascent to the worst shift");
    field("starts", starts, "of the ascent");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::causal_minimax
