// Tokens guessed cheaply, so that the model reads several in one call: a guess counts where it is
// what the model draws at that place with that place's luck, so the text is, bit for bit, the one
// written without guesses. A sure guess x (q one-hot) is so kept with probability p(x), as by the
// rule of speculative sampling, min(1, p/q) (Leviathan et al. 2023, arXiv 2211.17192); a draft
// model draws with the same luck, and then agrees with probability at least (1 - d) / (1 + d), d
// the total variation (Daliri et al. 2024, arXiv 2408.07978). Guesses from the text itself: prompt
// look-up (Saxena 2023).
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "offprint/tasks/generate.h"

namespace offprint::tasks {

// Throws Error on fewer than one draft and on a draft model of another vocabulary (by its size;
// check_drafter compares every token).
void check(const Speculation& options, const LanguageModelFile& model);
void check_drafter(const LanguageModelFile& drafter, const LanguageModelFile& model);

// What followed the latest of the longest earlier places that end like the text: at most `most`
// tokens. `length` is how many tokens the place shares with the end, up to kLongestMatch.
struct Match {
  std::vector<int64_t> next = {};
  int64_t length = 0;
};
constexpr int64_t kLongestMatch = 8;
Match look_up(std::span<const int64_t> text, int64_t most);

// The guesses of one text that is being written; a value.
class Drafts {
 public:
  // `options` must have `speculation`; its model must outlive this.
  explicit Drafts(const GenerateOptions& options);
  // At most `most` tokens after `text`, the last of which is answer token `place` - 1.
  std::vector<int64_t> guess(std::span<const int64_t> text, int64_t place, int64_t most);
  // How many of the last guesses were tried and how many held: the fewer hold, the fewer are made.
  void learn(int64_t tried, int64_t held);

 private:
  int64_t worth() const;  // guesses that likely pay in the present class

  Speculation options_;
  SamplingOptions sampling_;
  Luck luck_;
  Rng places_;
  ModelState read_;  // by the draft model
  // Of guesses by the length of their match (0: by a model), the share that holds.
  std::array<double, kLongestMatch + 1> share_;
  size_t class_ = 0;
};

}  // namespace offprint::tasks
