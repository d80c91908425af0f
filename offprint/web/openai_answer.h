// Answers in the words of OpenAI's API, whole or as events while they are written.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/tasks/completion_queue.h"
#include "offprint/web/openai_request.h"

namespace offprint::web {

struct AnswerShape {
  std::string id = {}, model = {};
  int64_t created = 0;  // seconds since 1970 UTC
  bool chat = false, stream = false, usage = false, likelihoods = false;
  bool calls = false;                  // texts may be calls of tools
  std::vector<std::string> echo = {};  // what texts begin with, by prompt
};

// Of one request: a completion for each prompt, `choices` texts each.
class OpenAiAnswer {
 public:
  OpenAiAnswer(AnswerShape shape, const data::BytePair& tokens, int64_t choices,
               std::vector<std::unique_ptr<tasks::Completion>> completions);
  // The next piece, "" where there is none within a moment, nothing after the last. A
  // failure is a last piece too: by now the client has been told that all is well.
  std::optional<std::string> next();

 private:
  struct Choice {
    std::string text, reason;
    std::vector<tasks::TokenLikelihood> likelihoods;
    int64_t tokens = 0;
    size_t sent = 0, sent_likelihoods = 0;
    bool begun = false;
  };
  std::string take(size_t completion, const tasks::CompletionNews& news);
  std::string event(int64_t index, Choice& choice);
  Json frame(const char* object) const;
  Json whole() const;
  Json whole_choice(int64_t index, const Choice& choice) const;
  Json likelihoods(const Choice& choice, size_t from) const;
  Json usage() const;

  AnswerShape shape_;
  const data::BytePair& tokens_;
  std::vector<std::unique_ptr<tasks::Completion>> completions_;
  std::vector<Choice> choices_;  // those of the first prompt first
  bool done_ = false;
};

}  // namespace offprint::web
