// One text being written, a step at a time: generate() runs it to its end, a queue takes turns
// between many (completion_queue.h).
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "offprint/tasks/speculation.h"

namespace offprint::tasks {

// Throws Error on options that make no sense for this model.
void check(const GenerateOptions& options, const LanguageModelFile& model);

// A value: copies go on independently. The model and the guide must outlive it. For one thread at a
// time, and so are all that share a guide or what they have read.
class Generation {
 public:
  // The prompt is as it stands, without the file's beginning. What `known` has in common with its
  // beginning is not read again. Throws Error on an empty prompt, and as check() does.
  Generation(const LanguageModelFile& model, std::vector<int64_t> prompt, GenerateOptions options,
             ModelState known = {});

  bool over() const { return !said_.reason.empty(); }
  // Tokens that must be read before the next is drawn; of a prompt many.
  std::span<const int64_t> unread() const;
  // Reads at most `most` of them and draws a token where none is left, with speculation several at
  // times. Returns what can be said now
  // and was not said before: whole UTF-8 characters, nothing that may become part of a stop. Does
  // nothing once it is over. Throws Error past the model's context.
  std::string step(int64_t most);
  // Ends it from outside; returns what was held back.
  std::string end();

  // What was written so far; its reason is empty until it is over.
  const Generated& said() const { return said_; }
  // What the model has read; a last token may be said and not read.
  ModelState read() const;

 private:
  std::vector<int64_t> guessed();
  std::string draw(const Tensor& logits);
  Tensor adjusted(const Tensor& logits) const;
  void keep_likelihood(const Tensor& logits, int64_t id);
  void keep_decision(const Tensor& logits, int64_t id);
  void append(int64_t id);
  void jump();
  std::string finish(const char* reason);

  const LanguageModelFile* model_;
  GenerateOptions options_;
  Generated said_;
  std::vector<int64_t> all_;  // prompt and answer
  models::KvCache cache_;     // of the first of them
  Rng luck_;
  std::optional<Drafts> drafts_;
  int32_t place_ = 0;                 // in what it must obey
  size_t sent_ = 0;                   // bytes of the text
  std::map<int64_t, int64_t> times_;  // that a token is in the answer
};

}  // namespace offprint::tasks
