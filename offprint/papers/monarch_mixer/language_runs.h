// Language models on bytes: Monarch Mixer and its attention twin, trained alike.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/data/corpus.h"
#include "offprint/models/token_model.h"
#include "offprint/papers/monarch_mixer/recipe.h"

namespace offprint::papers::monarch_mixer {

struct LanguageRun {
  std::string name;
  int64_t parameters = 0, width = 0;
  std::vector<double> losses, seconds;     // nats on held-out text, a seed each
  std::vector<double> learning;            // validations of the first seed
  std::vector<models::TokenModel> models;  // as trained, for fine-tuning
};

// The attention twin at options.language_width, and M2 with at most `share` of its parameters.
std::vector<LanguageRun> run_language(const data::Corpus& corpus, bool causal, double share,
                                      const Options& options, const Rng& rng, Progress& progress);

// A set of two-class or more texts for fine-tuning.
struct TextClasses {
  std::string name;
  Tensor x, y;  // (N,L) bytes padded with the mask, (N)
  std::vector<std::string> classes;
};
// Two following pieces of the corpus in their order or exchanged.
TextClasses sentence_order(const data::Corpus& corpus, int64_t length, int64_t count, Rng rng);
// CrisisLex T6: is a tweet on the topic of its crisis? nullopt where the set is not here.
std::optional<TextClasses> crisis_tweets(const std::string& folder, int64_t length, int64_t count,
                                         Rng rng);

struct TuneRun {
  std::string task, name;
  std::vector<double> accuracies;  // %, a seed each
  double chance = 0;               // % of the larger class in the test part
};
std::vector<TuneRun> fine_tune(const std::vector<LanguageRun>& runs, const TextClasses& data,
                               const Options& options, const Rng& rng, Progress& progress);

// Associative recall: pairs of a key and its value in random order, keys come again; counted are
// the values of keys seen before.
struct RecallRun {
  std::string name;
  int64_t parameters = 0;
  double accuracy = 0;  // % on new sequences
};
std::vector<RecallRun> run_recall(const Options& options, const Rng& rng, Progress& progress);

TextTable language_table(const std::vector<LanguageRun>& runs, std::string title);
TextTable tune_table(const std::vector<TuneRun>& runs);
TextTable recall_table(const std::vector<RecallRun>& runs, const Options& options);

}  // namespace offprint::papers::monarch_mixer
