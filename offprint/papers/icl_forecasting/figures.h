// What a run of icl-forecasting draws.
#pragma once
#include "offprint/papers/icl_forecasting/ett_runs.h"
#include "offprint/papers/icl_forecasting/gap_runs.h"
#include "offprint/papers/icl_forecasting/rollout_runs.h"
#include "offprint/papers/icl_forecasting/sweep_runs.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::icl_forecasting {

Figure gap_figure(const std::vector<GapRow>& rows);
Figure trace_figure(const Trace& trace);
Figure decay_figure(const RolloutRun& run);
Figure horizon_figure(const RolloutRun& run);
Figure depth_figure(const std::vector<DepthRow>& rows);

TextTable gap_table(const std::vector<GapRow>& rows, std::string title);
TextTable fit_table(const std::vector<FitRow>& rows);
TextTable rollout_table(const std::vector<RolloutRun>& runs);
TextTable context_table(const std::vector<ContextRow>& rows);
TextTable depth_table(const std::vector<DepthRow>& rows);
TextTable means_table(const std::map<std::string, std::vector<double>>& by_method,
                      std::string title);
TextTable ett_table(const std::vector<EttRun>& runs);

}  // namespace offprint::papers::icl_forecasting
