// Stories of a small language model with one token changed: the same luck beside fresh luck.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/counterfactual/recipe.h"
#include "offprint/tasks/counterfactual.h"

namespace offprint::papers::counterfactual {

struct Setting {
  std::string sweep;  // "temperature", "top-p", "top-k"
  double value = 0;
  bool word = false;     // of the prompt is changed, not a token of the story
  bool claimed = false;  // among those the claims are about
  tasks::AnswerOptions answer;
  std::string name() const;
};
std::vector<Setting> settings(const Options& options);

struct StoryPair {
  int64_t position = 0;                           // of the changed token
  double counterfactual = 0, interventional = 0;  // edit distance to the story after it
};
struct StoryRun {
  Setting setting;
  std::vector<StoryPair> pairs;
  tasks::StabilityCount replayed;         // along the counterfactual texts
  tasks::StabilityCount along, inverted;  // along the stories' own words, with either noise
  std::string factual, counterfactual, interventional;  // the first pair
};
// Of each story a word of its question becomes another; or else a random position in its first half
// gets another token out of the 0.9 nucleus there, as likely as they are.
StoryRun run_stories(const tasks::LanguageModel& model, const Setting& setting, int64_t pairs,
                     const Rng& rng, Progress& progress);

// Stories told twice, told with drafts, and told on one thread: how many differ.
struct Repeats {
  int64_t stories = 0, changed = 0;
};
Repeats repeat_stories(const tasks::LanguageModel& model, const Options& options, const Rng& rng,
                       Progress& progress);

// Seconds of the parts of a token, medians.
struct TokenCost {
  double model = 0, distribution = 0, gumbel = 0, inverse = 0;
  double ratio() const {
    return (model + distribution + gumbel) / (model + distribution + inverse);
  }
};
TokenCost token_cost(const tasks::LanguageModel& model);

// Bytes of a kept answer that are neither its tokens nor its text.
int64_t bytes_kept(const tasks::LanguageModel& model, const Rng& rng);

}  // namespace offprint::papers::counterfactual
