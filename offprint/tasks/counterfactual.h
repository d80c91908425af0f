// What a language model would have written had a word been another and its luck the same: an answer
// is drawn with noise of its seed and places (gumbel_sampling.h), a word of it or of its prompt is
// replaced, and what follows is drawn again with the same noise. Chatzi et al. 2024, arXiv
// 2409.17027, sections 3 and 4.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/progress.h"
#include "offprint/tasks/language_model.h"

namespace offprint::tasks {

// Penalties of repetition make a token depend on the whole text before it: replays allow them, but
// they are off by default here. So is truncation, which has tokens that no luck can reach.
struct AnswerOptions {
  SamplingOptions sampling = {.temperature = 0.8, .top_k = 0, .top_p = 1, .min_p = 0};
  Luck luck = Luck::token;
  int64_t most_tokens = 128;
  std::vector<std::string> stops = {};  // texts that end it; not part of what is said
  int64_t draft = 0;   // tokens guessed at once from what was said before and verified; 0: none
  bool trace = false;  // keep every step's distribution
};

// A draw: the distribution (V) at a place and what was drawn, the end of the text included.
struct Step {
  int64_t place = 0, token = 0;
  Tensor distribution = {};
};

struct Answer {
  std::vector<int64_t> prompt, tokens;
  // Which of the seed's noise each token met. A token that was put there has the place of the one
  // it stands for.
  std::vector<int64_t> places;
  std::string text;
  std::string reason;  // "stop" or "length"
  uint64_t seed = 0;
  ModelState state = {};         // empty after reading from a file, as are these:
  Tensor first = {};             // logits (V) after the prompt
  std::vector<Step> trace = {};  // where it was asked for
};

// Throws Error on options that make no sense, an empty prompt and a text past the context. A stop
// request ends it early.
Answer answer(const LanguageModel& model, std::vector<int64_t> prompt, const AnswerOptions& options,
              uint64_t seed, Progress& progress);

// What a replay begins from: the prompt and the first tokens of the answer with their places;
// `next` is the place whose noise the first token drawn meets. What followed a replaced word keeps
// its noise whether the new word has as many tokens or not.
struct Intervention {
  std::vector<int64_t> prompt, tokens, places;
  int64_t next = 0;
};

// Replaces all of `from` in the prompt, or the first in the answer; of the tokens only those that
// the word stands in are cut anew. Throws Error where it does not occur.
Intervention replace_in_prompt(const LanguageModel& model, const Answer& factual,
                               std::string_view from, std::string_view to);
Intervention replace_in_answer(const LanguageModel& model, const Answer& factual,
                               std::string_view from, std::string_view to);
// `length` bytes from byte `at` of the text, at least one.
Intervention replace_span_in_prompt(const LanguageModel& model, const Answer& factual, size_t at,
                                    size_t length, std::string_view to);
Intervention replace_span_in_answer(const LanguageModel& model, const Answer& factual, size_t at,
                                    size_t length, std::string_view to);
// The token at `position` of the answer becomes another.
Intervention replace_token(const Answer& factual, int64_t position, int64_t token);

// The counterfactual answer with the factual one's seed; an interventional one with any other.
// Where the prompt is the same it goes on from the factual answer's own cache.
Answer replay(const LanguageModel& model, const Answer& factual, const Intervention& intervention,
              const AnswerOptions& options, uint64_t seed, Progress& progress);

// Fewest insertions, deletions and replacements between the tokens, over the longer one's length;
// 0 where both are empty.
double token_distance(std::span<const int64_t> a, std::span<const int64_t> b);
// The same of what comes after an intervention in two answers.
double distance_after(const Answer& a, const Answer& b, const Intervention& intervention);

// What the intervention alone would change at each place: the factual answer's own words are read
// after it, and each place is drawn with its noise as if they had been written. The result holds
// nothing but a trace.
Answer draws_along(const LanguageModel& model, const Answer& factual,
                   const Intervention& intervention, const AnswerOptions& options);

// Steps with the same noise in both traces, and how many of them broke counterfactual stability.
struct StabilityCount {
  int64_t steps = 0, changed = 0, broken = 0;
  StabilityCount& operator+=(const StabilityCount& other);
};
StabilityCount count_stability(const Answer& factual, const Answer& counterfactual);

// What a replay needs of an answer, as JSON: tokens, seed, options; not the model.
Json to_json(const Answer& answer, const AnswerOptions& options);
std::pair<Answer, AnswerOptions> answer_from_json(const Json& json, std::string_view source);

}  // namespace offprint::tasks
