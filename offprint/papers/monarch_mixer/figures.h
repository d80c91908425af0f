// What Monarch Mixer's card draws.
#pragma once
#include "offprint/papers/monarch_mixer/language_runs.h"
#include "offprint/papers/monarch_mixer/product_checks.h"

namespace offprint::papers::monarch_mixer {

Figure product_figure(const ProductTimes& times);
Figure mixer_figure(const MixerTimes& times);
TextTable mixer_table(const MixerTimes& times);
Figure learning_figure(const std::vector<LanguageRun>& runs, const Options& options,
                       std::string title);

}  // namespace offprint::papers::monarch_mixer
