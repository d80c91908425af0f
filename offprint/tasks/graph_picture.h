// A causal graph drawn: causes on the left, effects on the right.
#pragma once
#include <string>

#include "offprint/kernels/causal_graph.h"

namespace offprint::tasks {

// SVG. The outcome is a box, mutable variables are dashed, variables that are kept are filled;
// readers who do not see it get the edges in words. Colours follow light and dark.
std::string graph_svg(const kernels::CausalGraph& graph, int outcome, kernels::NodeSet moving,
                      kernels::NodeSet kept);

}  // namespace offprint::tasks
