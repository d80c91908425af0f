// A causal graph out of a table with environments: the PC algorithm on partial correlations, with
// the environment as one more variable that nothing causes. Spirtes, Glymour & Scheines 2000,
// sections 5.4.2 (PC) and 5.5 (mutable mechanisms as a variable: Zhang et al. 2017, CD-NOD);
// Colombo & Maathuis 2014 (order-independent levels); Meek 1995 (orientation rules).
#pragma once
#include "offprint/core/tensor.h"
#include "offprint/kernels/causal_graph.h"

namespace offprint::kernels {

// p-value of no correlation between i and j given the rest: Fisher's z. correlation (P,P) float64
// of `rows` rows. 1 where too few rows are left.
double partial_correlation_p(const Tensor& correlation, int64_t rows, int i, int j, NodeSet given);

// p-value of one mechanism for all environments: regression of y (N) on z (N,K) and its squares,
// with against without coefficients of each environment's own (Chow 1960), and the same of the
// squared residuals, so that a change of scale is seen too; Bonferroni over both. environment (N)
// int64 of 0 .. count-1.
double one_mechanism_p(const Tensor& y, const Tensor& z, const Tensor& environment, int64_t count);

struct DiscoveryOptions {
  double alpha = 0.01;  // a smaller p-value is a dependence
  int most_given = 3;   // variables in a condition
};

struct Discovery {
  CausalGraph graph;      // every edge with a direction
  NodeSet moving = 0;     // variables whose mechanism differs between environments
  NodeSet undecided = 0;  // variables with an edge whose direction the data does not tell
  int64_t tests = 0;
};
// data (N,P) float64; environment (N) int64, count 1: nothing moves. Edges that the data leaves
// open are given a direction that makes no circle and, if there is one, no new collider. Throws
// Error on other shapes, a constant column (by name).
Discovery discover_graph(std::vector<std::string> names, const Tensor& data,
                         const Tensor& environment, int64_t count,
                         const DiscoveryOptions& options = {});

}  // namespace offprint::kernels
