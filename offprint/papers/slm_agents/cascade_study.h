// The small model on tasks of known outcome, the confidence made of how it answered, and the
// cascade to a scripted large model.
#pragma once
#include <optional>
#include <vector>

#include "offprint/papers/slm_agents/call_runs.h"
#include "offprint/papers/slm_agents/recipe.h"
#include "offprint/tasks/cascade.h"

namespace offprint::papers::slm_agents {

struct CascadeStudy {
  std::vector<CallRun> fitted, judged;  // runs of both sets of tasks
  tasks::ConfidenceModel confidence;
  std::vector<tasks::CascadeTask> tasks;       // of the judged
  std::vector<tasks::CascadePoint> curve;      // over their thresholds
  tasks::CascadePoint chosen;                  // at the threshold chosen on the fitted
  double oracle_success = 0, oracle_cost = 0;  // on the judged
  std::vector<tasks::Judged> calibrated, raw;  // confidence, and exp(log p), with the outcome
};
// Nothing where the calls to fit on are all right or all wrong: then there is nothing to learn.
std::optional<CascadeStudy> study_cascade(const Caller& caller, const ToolWorld& world,
                                          const Options& options, Rng rng, Progress& progress);

}  // namespace offprint::papers::slm_agents
