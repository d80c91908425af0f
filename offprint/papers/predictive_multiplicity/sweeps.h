// What in a table drives its multiplicity: generated tables, one character varied at a time.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/papers/predictive_multiplicity/recipe.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::predictive_multiplicity {

struct Sweep {
  std::string id, label;                          // "outliers", "share of outliers"
  std::vector<double> x, ambiguity, discrepancy;  // a point a level and seed, shares
  SlopeFit slope, discrepancy_slope;              // over the points
};
std::vector<Sweep> run_sweeps(const Options& options, const Rng& rng, Progress& progress);
Figure sweep_figure(const std::vector<Sweep>& sweeps);
TextTable sweep_table(const std::vector<Sweep>& sweeps);

}  // namespace offprint::papers::predictive_multiplicity
