// What a SpaceTime run draws.
#pragma once
#include "offprint/papers/run_card.h"
#include "offprint/papers/spacetime/ar_runs.h"
#include "offprint/papers/spacetime/ett_runs.h"
#include "offprint/papers/spacetime/filter_runs.h"

namespace offprint::papers::spacetime {

Figure time_figure(const FilterTimes& times);
Figure process_figure(const ArRun& run);        // one forecast of each method
Figure process_error_figure(const ArRun& run);  // error over the steps ahead
Figure copy_figure(const CopyRun& run);
Figure longer_figure(const LongerRun& run);
Figure horizon_figure(const std::vector<HorizonRun>& runs);
Figure race_figure(const std::vector<RaceRun>& runs);

TextTable process_table(const std::vector<ArRun>& runs);
TextTable horizon_table(const std::vector<HorizonRun>& runs);
TextTable race_table(const std::vector<RaceRun>& runs);

}  // namespace offprint::papers::spacetime
