// Plots and tables of the cascade.
#pragma once
#include "offprint/papers/slm_agents/cascade_study.h"

namespace offprint::papers::slm_agents {

Figure pareto_figure(const CascadeStudy& study);  // success over cost
Figure cost_figure(const CascadeStudy& study);    // cost per success over the share asked
Figure reliability_figure(const CascadeStudy& study, int64_t bins);
TextTable tool_table(const CascadeStudy& study, const ToolWorld& world);  // right, by tool

}  // namespace offprint::papers::slm_agents
