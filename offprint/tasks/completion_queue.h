// Texts of one model for many who ask at once. One thread owns the model: it takes turns between
// the texts being written, a token each (prompts in pieces, so that a long one holds nobody up),
// and lets the next in, first come, first served, as places and memory allow. What a prompt has in
// common with a text being written or kept is not read again.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/tasks/generate.h"

namespace offprint::tasks {

struct CompletionLimits {
  int64_t places = 8;           // texts written at once
  int64_t waiting = 64;         // requests that wait for a place
  int64_t tokens = 32768;       // of prompts and answers, over all places
  int64_t kept = 4;             // ended texts that later prompts may begin with
  int64_t prompt_tokens = 128;  // of a prompt read in one turn
};

struct CompletionRequest {
  std::vector<int64_t> prompt;
  GenerateOptions options = {};                  // its guide is the one below
  std::shared_ptr<data::TokenMasks> guide = {};  // used by the queue's thread alone from now on
  int64_t choices = 1;                           // with seeds seed, seed + 1, ...
};

// Something new of a choice.
struct CompletionNews {
  int64_t choice = 0;
  std::string text;
  std::vector<TokenLikelihood> likelihoods;
  int64_t tokens = 0;  // of the answer so far
  std::string reason;  // empty until this choice is over
};

class QueueFull : public Error {
 public:
  using Error::Error;
};

// A request under way; destroying it takes it out of the queue at its next turn.
class Completion {
 public:
  struct State;
  explicit Completion(std::shared_ptr<State> state);
  ~Completion();
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  // What is new, the oldest first; empty where there is nothing within `wait` or all is over.
  // Throws Error where the model failed or the queue ended.
  std::vector<CompletionNews> next(std::chrono::milliseconds wait);
  bool over() const;  // all choices, and all news taken
  int64_t prompt_tokens() const;

 private:
  std::shared_ptr<State> state_;
};

struct QueueFigures {
  int64_t places = 0, waiting = 0;         // taken now
  int64_t done = 0, left = 0;              // requests answered, and those whose asker left
  int64_t read = 0, shared = 0, said = 0;  // tokens: read, found read before, drawn
};

class CompletionQueue {
 public:
  // The model must outlive it.
  explicit CompletionQueue(const LanguageModelFile& model, CompletionLimits limits = {});
  ~CompletionQueue();
  CompletionQueue(const CompletionQueue&) = delete;
  CompletionQueue& operator=(const CompletionQueue&) = delete;

  const CompletionLimits& limits() const;
  // Throws QueueFull where too many wait, Error on options that make no sense, more choices than
  // places, and a prompt with no room for an answer; answers are cut where the context ends.
  std::unique_ptr<Completion> ask(CompletionRequest request);
  QueueFigures figures() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace offprint::tasks
