// A causal language model as tasks over its answers see it: text as tokens, and what may follow.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/models/token_model.h"
#include "offprint/tasks/generate.h"
#include "offprint/tasks/model_state.h"

namespace offprint::tasks {

class LanguageModel {
 public:
  virtual ~LanguageModel() = default;
  virtual std::vector<int64_t> encode(std::string_view text) const = 0;
  virtual std::string decode(std::span<const int64_t> tokens) const = 0;
  virtual bool ends(int64_t token) const = 0;
  // Appends tokens (T), T >= 1, and returns logits (T,V) of what follows each.
  virtual Tensor extend(ModelState& state, std::span<const int64_t> tokens) const = 0;
};

// A model file with its tokeniser; the file must outlive it.
class FileLanguageModel : public LanguageModel {
 public:
  explicit FileLanguageModel(const LanguageModelFile& file) : file_(file) {}
  std::vector<int64_t> encode(std::string_view text) const override;
  std::string decode(std::span<const int64_t> tokens) const override;
  bool ends(int64_t token) const override;
  Tensor extend(ModelState& state, std::span<const int64_t> tokens) const override;

 private:
  const LanguageModelFile& file_;
};

// A token model over words: every word of `words` is a token, and a text is its words one after the
// other without anything between. It has no cache: it reads all tokens anew. The last word ends a
// text.
class WordLanguageModel : public LanguageModel {
 public:
  WordLanguageModel(const models::TokenModel& model, std::vector<std::string> words)
      : model_(model), words_(std::move(words)) {}
  // The longest word first. Throws Error where no word goes on.
  std::vector<int64_t> encode(std::string_view text) const override;
  std::string decode(std::span<const int64_t> tokens) const override;
  bool ends(int64_t token) const override;
  Tensor extend(ModelState& state, std::span<const int64_t> tokens) const override;

 private:
  const models::TokenModel& model_;
  std::vector<std::string> words_;
};

}  // namespace offprint::tasks
