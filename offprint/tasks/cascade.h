// A small model first, a large one where the small one is not sure enough: what that costs and
// brings, by the threshold of sureness. Cost per success as in Chen, Zaharia & Zou 2023
// (FrugalGPT), arXiv 2305.05176, and the survey of paper 03.
#pragma once
#include <optional>
#include <vector>

namespace offprint::tasks {

// A task that both models were tried on.
struct CascadeTask {
  double confidence = 0;  // of the small one
  bool small_right = false, large_right = false;
  double small_cost = 0, large_cost = 0;  // in one unit
};

struct CascadePoint {
  double threshold = 0;  // the large one is asked below it
  double success = 0;    // share of tasks
  double asked = 0;      // share that went to the large one
  double cost = 0;       // mean of a task; the small one is paid in any case
  // Cost of all over tasks that succeeded; infinite where none did. With `failure_cost` what a
  // failed task costs whoever has to mend it is added.
  double cost_per_success = 0, cost_per_success_mended = 0;
};

// From never asking (threshold 0) to always asking (above the largest confidence), a point for each
// set of tasks that a threshold can choose. Throws Error on no tasks.
std::vector<CascadePoint> cascade_curve(const std::vector<CascadeTask>& tasks, double failure_cost);

// The cheapest with at least this share of success; nothing where none has it.
std::optional<CascadePoint> cheapest(const std::vector<CascadePoint>& curve, double success);

// The same threshold on other tasks.
CascadePoint apply_threshold(const std::vector<CascadeTask>& tasks, double threshold,
                             double failure_cost);

}  // namespace offprint::tasks
