// The most people whose probability a single near-optimal model moves by delta at once, with proof:
// a mixed-integer program, the level set by cuts that are added where a solution breaks it.
// Watson-Daniels, Parkes & Ustun 2022, arXiv 2206.01131, discrepancy.
#pragma once
#include "offprint/tasks/multiplicity.h"

namespace offprint::tasks {

struct DiscrepancyOptions {
  double gap = 0.01;    // ends where upper - lower is at most that share of upper
  double seconds = 60;  // ends then, with both bounds
  int64_t max_nodes = 1'000'000;
  bool screen = true;  // by viable ranges; without, every person has two binaries and loose limits
};

struct Discrepancy {
  double lower = 0, upper = 0;  // shares of the people; the model below reaches the lower
  Tensor weights;               // (D+1), within the set
  bool proved = false;          // the gap is closed
  int64_t movable = 0;          // people whom some model moves by delta
  int64_t binaries = 0, nodes = 0, cuts = 0;
  double seconds = 0;
};

// people (K,D) and their ranges at the slack. Same input, same answer unless the time ends it. A
// stop request ends it too. Throws Error on delta outside (0,1] and where Offprint was built
// without Clp (kernels/mixed_integer.h).
Discrepancy discrepancy(const NearOptimal& base, const Tensor& people,
                        const kernels::ViableRanges& ranges, double slack, double delta,
                        const DiscrepancyOptions& options, Progress& progress);

// From below alone: the best of the models at the ranges' ends, improved by steps along a smoothed
// count; needs no solver.
Discrepancy discrepancy_from_below(const NearOptimal& base, const Tensor& people,
                                   const kernels::ViableRanges& ranges, double slack, double delta);

}  // namespace offprint::tasks
