#include "offprint/papers/slm_agents/cascade_study.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::papers::slm_agents {
namespace {

std::vector<CallRun> run_all(const Caller& caller, const std::vector<ToolTask>& tasks,
                             const Options& o, const char* what, Rng rng, Progress& progress) {
  std::vector<CallRun> out;
  Progress quiet;
  progress.start(what, std::ssize(tasks));
  for (size_t i = 0; i < tasks.size(); ++i) {
    out.push_back(caller.run(tasks[i],
                             {.shots = o.shots, .offered = o.offered, .samples = o.samples},
                             rng.split(i), nullptr, quiet));
    progress.at(static_cast<int64_t>(i) + 1), progress.throw_if_stopped();
  }
  return out;
}

// Tokens in the unit of prices: an answer of the small model without its samples, on average.
std::vector<tasks::CascadeTask> priced(const std::vector<CallRun>& runs,
                                       const tasks::ConfidenceModel& confidence, const Options& o,
                                       Rng rng) {
  double mean = 0;
  const auto tokens = [](const CallRun& r) {
    return static_cast<double>(r.prompt_tokens + r.tokens);
  };
  for (const CallRun& r : runs) mean += tokens(r) / static_cast<double>(runs.size());
  std::vector<tasks::CascadeTask> out;
  for (const CallRun& r : runs)
    out.push_back({.confidence = confidence(r.signals),
                   .small_right = r.right,
                   .large_right = rng.uniform() < o.oracle_success,
                   .small_cost = (tokens(r) + static_cast<double>(r.sample_tokens)) / mean,
                   .large_cost = o.oracle_price * tokens(r) / mean});
  return out;
}

}  // namespace

std::optional<CascadeStudy> study_cascade(const Caller& caller, const ToolWorld& world,
                                          const Options& o, Rng rng, Progress& progress) {
  CascadeStudy s;
  s.fitted = run_all(caller, world.tasks(o.calibration_tasks, Phrasing::asked, rng.split("fitted")),
                     o, "calls to fit on", rng.split("offers"), progress);
  s.judged = run_all(caller, world.tasks(o.test_tasks, Phrasing::asked, rng.split("judged")), o,
                     "calls to judge on", rng.split("other offers"), progress);
  std::vector<tasks::SignalCase> cases;
  for (const CallRun& r : s.fitted) cases.push_back({r.signals, r.right});
  const auto right = std::ranges::count(cases, true, &tasks::SignalCase::right);
  if (right == 0 || right == std::ssize(cases)) return std::nullopt;
  s.confidence = tasks::fit_confidence(cases);

  const auto known = priced(s.fitted, s.confidence, o, rng.split("oracle"));
  s.tasks = priced(s.judged, s.confidence, o, rng.split("oracle again"));
  double there = 0;
  for (const auto& t : known) there += t.large_right / static_cast<double>(known.size());
  for (const auto& t : s.tasks) {
    s.oracle_success += t.large_right / static_cast<double>(s.tasks.size());
    s.oracle_cost += t.large_cost / static_cast<double>(s.tasks.size());
  }
  // A little more than is asked for, as the tasks to come are others.
  const auto best = tasks::cheapest(tasks::cascade_curve(known, o.failure_cost), 0.975 * there);
  require(best.has_value(), "slm-agents: no threshold reaches the large model's success");
  s.chosen = tasks::apply_threshold(s.tasks, best->threshold, o.failure_cost);
  s.curve = tasks::cascade_curve(s.tasks, o.failure_cost);
  for (const CallRun& r : s.judged) {
    s.calibrated.push_back({s.confidence(r.signals), r.right});
    s.raw.push_back({std::exp(r.signals.log_p), r.right});
  }
  return s;
}

}  // namespace offprint::papers::slm_agents
