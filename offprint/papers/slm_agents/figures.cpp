#include "offprint/papers/slm_agents/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace offprint::papers::slm_agents {
namespace {

// The same share asked, tasks picked by chance: mean success of the two models.
double by_chance(const CascadeStudy& s, double asked) {
  return s.curve.front().success + asked * (s.curve.back().success - s.curve.front().success);
}

}  // namespace

Figure pareto_figure(const CascadeStudy& s) {
  Plot plot{.title = "Cascade: success over cost",
            .x_label = "mean cost of a task [answers of the small model]",
            .y_label = "share of tasks right"};
  Plot::Line cascade{.label = "by confidence"}, chance{.label = "asked at random", .dashed = true},
      chosen{.label = "threshold chosen", .points = true};
  for (const tasks::CascadePoint& p : s.curve) {
    cascade.x.push_back(p.cost), cascade.y.push_back(p.success);
    chance.x.push_back(p.cost), chance.y.push_back(by_chance(s, p.asked));
  }
  chosen.x = {s.chosen.cost}, chosen.y = {s.chosen.success};
  plot.lines = {cascade, chance, chosen};
  plot.marks = {{.label = "95 % of the large model", .value = 0.95 * s.oracle_success}};
  return {
      "Above the dashed line the confidence knows which calls are wrong; the point is the "
      "threshold chosen on other tasks.",
      plot};
}

Figure cost_figure(const CascadeStudy& s) {
  Plot plot{.title = "Cost per success",
            .x_label = "share asked of the large model",
            .y_label = "cost per success [answers of the small model]"};
  Plot::Line plain{.label = "models alone"}, mended{.label = "with mending of failures"};
  for (const tasks::CascadePoint& p : s.curve) {
    plain.x.push_back(p.asked), plain.y.push_back(p.cost_per_success);
    mended.x.push_back(p.asked), mended.y.push_back(p.cost_per_success_mended);
  }
  plot.lines = {mended, plain};
  return {
      "Where a failure costs nothing the small model alone is cheapest; with a price on "
      "failures the least cost lies where the calls most likely wrong are asked again.",
      plot};
}

Figure reliability_figure(const CascadeStudy& s, int64_t bins) {
  Plot plot{.title = "Is the confidence honest?",
            .x_label = "confidence",
            .y_label = "share of calls right"};
  const auto line = [&](const char* label, const std::vector<tasks::Judged>& cases) {
    Plot::Line out{.label = label, .points = true};
    for (const tasks::ReliabilityBin& b : tasks::reliability(cases, bins))
      out.x.push_back(b.confidence), out.y.push_back(b.accuracy);
    return out;
  };
  Plot::Line even{.label = "honest", .x = {0, 1}, .y = {0, 1}, .dashed = true};
  plot.lines = {line("calibrated", s.calibrated), line("exp(log p)", s.raw), even};
  return {"Each point is an eighth of the calls that the confidence was not fitted to.", plot};
}

TextTable tool_table(const CascadeStudy& s, const ToolWorld& world) {
  TextTable table{"Calls as wanted by tool, both sets", {"tool", "right", "of", "a wrong one"}, {}};
  for (size_t tool = 0; tool < world.count(); ++tool) {
    int64_t right = 0, all = 0;
    std::string wrong;
    // Tasks come in turn of the tools.
    for (const auto* runs : {&s.fitted, &s.judged})
      for (size_t i = tool; i < runs->size(); i += world.count()) {
        const CallRun& r = (*runs)[i];
        right += r.right, ++all;
        if (!r.right) wrong = r.call ? r.call->name + " " + r.call->arguments : r.said;
      }
    table.rows.push_back(
        {world.name_of(tool), std::to_string(right), std::to_string(all), wrong.substr(0, 80)});
  }
  return table;
}

}  // namespace offprint::papers::slm_agents
