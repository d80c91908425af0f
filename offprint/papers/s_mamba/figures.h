// Tables and figures of S-Mamba's card.
#pragma once
#include "offprint/papers/s_mamba/forecast_runs.h"
#include "offprint/papers/s_mamba/step_times.h"

namespace offprint::papers::s_mamba {

TextTable run_table(const std::vector<MethodRun>& runs, std::string title);
Figure error_bars(const std::vector<MethodRun>& runs, std::string title);
Figure error_by_step(const std::vector<MethodRun>& runs, std::string title);
Figure example_figure(const Example& example);
Figure time_figure(const StepTimes& times);
TextTable time_table(const StepTimes& times);

}  // namespace offprint::papers::s_mamba
