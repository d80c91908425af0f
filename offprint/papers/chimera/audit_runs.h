// Faults found: Chimera's audit beside those that see one column and beside principal components.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/papers/chimera/recipe.h"

namespace offprint::papers::chimera {

struct Detection {
  double precision = 0;            // average precision over all thresholds
  double f1 = 0, f1_adjusted = 0;  // at the best threshold, without and with point adjustment
};
struct AuditRun {
  std::string series;
  std::vector<std::string> methods;
  std::map<std::string, std::map<std::string, std::vector<Detection>>>
      found;                              // fault, method: seeds
  std::map<std::string, double> chance;   // share of the labels among the rows of a fault
  std::vector<std::vector<double>> heat;  // chimera's scores around one decoupled fault, by column
};
// Learnt from the first half, faults in the second.
AuditRun run_recurrence_audit(const Options& options, const Rng& rng, Progress& progress);
AuditRun run_ett_audit(const Tensor& values, const Options& options, const Rng& rng,
                       Progress& progress);

}  // namespace offprint::papers::chimera
