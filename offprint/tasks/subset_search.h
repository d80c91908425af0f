// Which stable variables to keep so that the worst shift of the mutable mechanisms does least harm:
// one predictor a class of equivalent subsets, its worst-case risk, the least of them. Liu et al.
// 2023, arXiv 2107.01876, algorithms 1 and 2.
#pragma once
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/tasks/worst_shift.h"

namespace offprint::tasks {

struct SubsetSearchOptions {
  ShiftSearch shifts = {};
  int64_t units = 100;     // of equations and predictors; 0: lines
  int64_t do_rows = 3000;  // of the table that predictors are fitted on, at least
  int64_t most = 200;      // classes weighed; beyond: the smallest representatives
};

struct SubsetRisk {
  StablePredictor predictor;
  double worst = 0;     // over all shifts found for any subset
  double ordinary = 0;  // mean squared error on the rows as they are
};

struct SubsetSearch {
  kernels::WholeSetVerdict verdict;
  kernels::SubsetClasses classes;
  kernels::NodeSet whole = 0;     // the representative of the whole stable set
  std::vector<SubsetRisk> risks;  // by worst-case risk, the least first
  size_t chosen = 0;              // the whole set where it is guaranteed, else the first
  ShiftNetworks shifts;           // the worst found, one a subset, in the representatives' order
  const SubsetRisk& of(kernels::NodeSet subset) const;  // Error where it was not weighed
};

SubsetSearch search_subsets(const Mechanisms& mechanisms, const SubsetSearchOptions& options,
                            const Rng& rng, Progress& progress);

}  // namespace offprint::tasks
