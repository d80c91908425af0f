// Networks of binary variables whose risks are sums over all states: random graphs, conditional
// probability tables, the predictor E[Y | x_S', do(x_M)] and its worst case over every intervention
// function, exactly. Koller & Friedman 2009, chapter 3; Liu et al. 2023, arXiv 2107.01876.
#pragma once
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/kernels/stable_subsets.h"

namespace offprint::worlds {

// Variables "x0" .. in a random order, each pair joined by the chance that gives `degree`
// neighbours on average; at most `most_parents` of each. Throws Error on p < 1 or above
// kernels::kMostNodes.
kernels::CausalGraph random_graph(int p, double degree, Rng& rng, int most_parents = 4);

// A random graph of `stable` variables, the outcome "y" and mutable variables "m0" .., the first of
// them a child of the outcome. guaranteed: whose whole stable
// set is optimal.
struct ProblemDraw {
  int stable = 6, moving = 1;
  double degree = 2;
  bool guaranteed = false;
};
kernels::TransferProblem random_problem(const ProblemDraw& draw, Rng& rng);

struct BinaryNetwork {
  kernels::CausalGraph graph;
  // Of each variable: chance of 1, by its parents' values; bit k of the row is the k-th parent's.
  std::vector<std::vector<double>> chance;
};
// Chances uniform on [0.02, 0.98] sharpened towards both ends.
BinaryNetwork random_network(const kernels::CausalGraph& graph, Rng& rng);

struct WorstCase {
  double risk = 0;
  std::vector<std::vector<int>> shift;  // of each mutable variable in causal order: table h
};

// All states of a network with its mutable mechanisms cut out. Risks are mean squared errors.
class BinaryTransfer {
 public:
  // Throws Error on more than 20 variables.
  BinaryTransfer(BinaryNetwork network, kernels::TransferProblem problem);

  // E[Y | x_S', do(x_M)] of each state, at the state's index (bit i: variable i).
  std::vector<double> predictor(kernels::NodeSet subset) const;
  // Largest risk of the subset's predictor over all deterministic h: pa(X_M) -> X_M (random ones
  // are their mixtures). Throws Error on more than 2^16 tables of all mutable variables but the
  // last.
  WorstCase worst_case(kernels::NodeSet subset) const;
  // Of one shift, as worst_case gives it.
  double risk(kernels::NodeSet subset, const std::vector<std::vector<int>>& shift) const;

 private:
  kernels::TransferProblem problem_;
  std::vector<int> moving_;     // in causal order
  std::vector<double> weight_;  // of each state, product over stable mechanisms
};

}  // namespace offprint::worlds
