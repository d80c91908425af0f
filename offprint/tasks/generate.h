// Text from a language model, token by token.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/data/byte_pair.h"
#include "offprint/data/token_masks.h"
#include "offprint/models/decoder.h"
#include "offprint/tasks/gumbel_sampling.h"
#include "offprint/tasks/model_state.h"

namespace offprint::tasks {

// From all tokens to those that may be drawn, in this order: penalty, temperature, the k likeliest,
// the least likely set of likeliest that holds p, those at least min_p times as likely as the
// likeliest.
struct SamplingOptions {
  double temperature = 0.8;  // 0: the likeliest
  int64_t top_k = 40;        // 0: all
  double top_p = 0.95, min_p = 0.05;
  double repeat_penalty =
      1.0;  // divides positive logits of recent tokens, multiplies negative ones
  int64_t repeat_window = 64;
  void visit(auto&& field) {
    field("temperature", temperature, "0 takes the likeliest token");
    field("top-k", top_k, "draw among the k likeliest, 0 for all");
    field("top-p", top_p, "draw among the likeliest that hold this share");
    field("min-p", min_p, "leave out what is less likely than this share of the likeliest");
    field("repeat-penalty", repeat_penalty, "make recent tokens less likely, 1 for not");
    field("repeat-window", repeat_window, "how many tokens are recent");
  }
};
// Throws Error on shares outside [0, 1] and the like.
void check(const SamplingOptions& options);

// logits (V) -> the probabilities it draws from, (V) float64, zero where it may not.
Tensor sampling_distribution(const Tensor& logits, const SamplingOptions& options,
                             const std::vector<int64_t>& before);
int64_t sample(const Tensor& distribution, Rng& rng);  // by inversion; draw_token for other ways

// A model with its tokeniser.
struct LanguageModelFile {
  models::Decoder decoder;
  data::BytePair tokens;
  std::vector<int64_t> ends;     // tokens that end a text
  std::optional<int64_t> begin;  // what a text begins with, where the file says so
};
LanguageModelFile load_language_model(const std::filesystem::path& path);

// Tokens guessed ahead and read together (speculation.h): the text stays the same, bit for bit.
struct Speculation {
  int64_t drafts = 8;                        // most guesses a call
  const LanguageModelFile* model = nullptr;  // that guesses; none: the text itself
};

struct GenerateOptions {
  int64_t most_tokens = 128;
  SamplingOptions sampling = {};
  std::vector<std::string> stops = {};  // texts that end it; not part of what is said
  uint64_t seed = 1;
  Luck luck = Luck::token;
  data::TokenMasks* guide = nullptr;  // what the answer must obey (guided.h)
  // Text that the guide leaves no choice about is written in the tokens that stand for it, and read
  // many at a time: the model is not asked how to cut it into tokens. Not where likelihoods are
  // kept.
  bool jump = false;
  std::optional<Speculation> speculation = {};
  bool keep_decisions = false;
  // Taken from the logits of tokens already in the answer: once, and again for each time.
  double presence_penalty = 0, frequency_penalty = 0;
  std::vector<std::pair<int64_t, double>> logit_bias = {};  // token, what is added to its logit
  // Of each token its likelihood and those of so many likeliest are kept; -1: nothing.
  int64_t top_likelihoods = -1;
};

// By the model itself: before bias, penalties, temperature and guide.
struct TokenLikelihood {
  int64_t token = 0;
  double log_p = 0;                                   // nats
  std::vector<std::pair<int64_t, double>> likeliest;  // token, log p; falling
};

// How sure the model was of a token that it drew where more than one might follow: by its own
// probabilities, before temperature, scaled to those that the guide allowed.
struct Decision {
  int64_t at = 0;      // of the tokens
  double log_p = 0;    // nats
  double entropy = 0;  // nats, over what was allowed
  double margin = 0;   // between the two likeliest, of probability
  double kept = 0;     // log of what the model gave to all that was allowed
};

struct Generated {
  std::string text;
  std::vector<int64_t> prompt, tokens;
  std::string reason;  // "stop" or "length"; guided and "length": cut in the middle
  std::vector<TokenLikelihood> likelihoods;  // of the tokens, where they were asked for
  std::vector<Decision> decisions;           // likewise
  // Calls of the model that tokens were drawn after; guesses read in them, and those that held.
  int64_t calls = 0, drafted = 0, accepted = 0;
  double prompt_seconds = 0, seconds = 0;
};
// `say` gets the text as it comes, in whole UTF-8 characters. A stop request ends it early.
Generated generate(const LanguageModelFile& model, std::string_view prompt,
                   const GenerateOptions& options, const std::function<void(std::string_view)>& say,
                   Progress& progress);

// The same from tokens; the prompt is as it stands, without the file's beginning. What `read` has
// in common with its beginning is not read again; afterwards it holds the prompt and the answer.
// Throws Error on an empty prompt.
Generated generate(const LanguageModelFile& model, std::vector<int64_t> prompt,
                   const GenerateOptions& options, ModelState& read,
                   const std::function<void(std::string_view)>& say, Progress& progress);

// Mean of -log p in nats over the tokens after the first, `chunk` at a time.
double negative_log_likelihood(const models::Decoder& model, const Tensor& tokens,
                               int64_t chunk = 256);

}  // namespace offprint::tasks
