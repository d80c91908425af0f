// The authors' own protocol with converged fits: one series of a random autoregression, its last
// tenth to judge on, over context lengths, layers and softmax; and windows that each have a process
// of their own, where attention has something to learn from its context.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "offprint/papers/icl_forecasting/gap_runs.h"

namespace offprint::papers::icl_forecasting {

// Excess errors over the true forecast's, in variances of the shocks, a seed each.
struct ContextRow {
  int64_t p = 0, n = 0;
  std::vector<double> attention, on_train, in_context;
  int64_t ahead = 0;  // seeds where attention was ahead of Bayes by more than 3 standard errors
};
std::vector<ContextRow> run_contexts(const Options& options, const Rng& rng, Progress& progress);

struct DepthRow {
  int64_t p = 0, n = 0;
  std::vector<std::vector<double>> by_depth;  // [layers - 1][seed]
  std::vector<double> in_context;
  double least_surplus = 0;  // excess of the deepest over its own standard error, least of seeds
};
std::vector<DepthRow> run_depths(const Options& options, const Rng& rng, Progress& progress);

// p 5 and n 25: softmax with either scale beside one linear layer, a seed each.
std::map<std::string, std::vector<double>> run_softmax(const Options& options, const Rng& rng,
                                                       Progress& progress);

// Every window its own AR(2), scaled to mean square one: excess over the window's true forecast.
std::map<std::string, std::vector<double>> run_random_tasks(const Options& options, const Rng& rng,
                                                            Progress& progress);

}  // namespace offprint::papers::icl_forecasting
