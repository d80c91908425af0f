// Slow answers that share nothing with what they check.
#pragma once
#include "offprint/tasks/mechanism_shift.h"

namespace offprint::papers::causal_minimax {

// d-separation by the moral graph of the ancestors. Lauritzen, Dawid, Larsen & Leimer 1990,
// proposition 3.
bool separated_in_moral_graph(const kernels::CausalGraph& graph, kernels::NodeSet x,
                              kernels::NodeSet y, kernels::NodeSet given);

// The paper's definition of equivalence, by every common part of both subsets.
bool equivalent_by_definition(const kernels::TransferProblem& problem, kernels::NodeSet a,
                              kernels::NodeSet b);

// The largest risk over all functions of the parents into `grid` values of the range, for one
// mutable variable whose parents take few values: each group of rows with the same parents takes
// the value worst for it.
double enumerated_worst_risk(const tasks::Mechanisms& mechanisms,
                             const tasks::StablePredictor& predictor, int64_t grid);

}  // namespace offprint::papers::causal_minimax
