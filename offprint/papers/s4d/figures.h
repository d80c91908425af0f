// What an S4D run draws.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"
#include "offprint/papers/s4d/delay_runs.h"
#include "offprint/papers/s4d/digit_runs.h"
#include "offprint/papers/s4d/identities.h"

namespace offprint::papers::s4d {

Figure eigenvalue_figure(Rng rng);  // of every init, discretised, in the unit disc
Figure kernel_figure(Rng rng);      // what each init remembers before any training
Figure theorem_figure(const NormalPart& errors);
Figure basis_figure();  // row 0 of LegS and of its normal part
Figure delay_figure(const std::vector<DelayRun>& runs);
Figure digit_figure(const std::vector<DigitRun>& runs);

TextTable delay_table(const std::vector<DelayRun>& runs, const std::string& title);
TextTable digit_table(const std::vector<DigitRun>& runs, const std::string& title);

}  // namespace offprint::papers::s4d
