// What a run of counterfactual draws and tabulates.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/counterfactual/story_runs.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::counterfactual {

// Mean distances over one sweep with 95 % intervals; the sweep must occur in the runs.
Figure sweep_figure(const std::vector<StoryRun>& runs, const std::string& sweep, const Rng& rng);
Figure position_figure(const std::vector<StoryRun>& runs);

TextTable distance_table(const std::vector<StoryRun>& runs, const Rng& rng);
TextTable stability_table(const std::vector<StoryRun>& runs);
TextTable example_table(const StoryRun& run);
TextTable cost_table(const TokenCost& cost);

}  // namespace offprint::papers::counterfactual
