// Table and figure of S-Mamba's card that no other paper has.
#pragma once
#include "offprint/papers/run_card.h"
#include "offprint/papers/s_mamba/step_times.h"

namespace offprint::papers::s_mamba {

Figure time_figure(const StepTimes& times);
TextTable time_table(const StepTimes& times);

}  // namespace offprint::papers::s_mamba
