// What a HiPPO run draws.
#pragma once
#include "offprint/papers/hippo/bases.h"
#include "offprint/papers/hippo/delay_runs.h"
#include "offprint/papers/hippo/digit_runs.h"
#include "offprint/papers/hippo/reconstructions.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::hippo {

Figure basis_figure(nn::Basis basis);  // the first kernels, numerical and in closed form
Figure gram_figure(const std::vector<std::vector<double>>& gram, const char* basis);
Figure gram_error_figure(const WindowGram& grams);
Figure variance_figure(const std::vector<StateVariance>& all);
Figure signal_figure(const SignalExample& example);
Figure series_figure(const tasks::StreamMemory& memory, const std::string& what);
Figure lag_figure(const tasks::StreamMemory& memory, const std::string& what);
Figure timescale_figure(const std::vector<DelayRun>& runs, const Options& options);

TextTable signal_table(const std::vector<SignalErrors>& all);
TextTable series_table(const std::vector<tasks::StreamMemory>& all, const std::string& what);
TextTable history_table(const WholeHistory& history, const std::string& what);
TextTable delay_table(const std::vector<DelayRun>& runs, const std::string& title);
TextTable digit_table(const std::vector<DigitRun>& runs, int64_t steps);

}  // namespace offprint::papers::hippo
