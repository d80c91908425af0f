#include "offprint/tasks/language_model.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

Tensor as_tensor(std::span<const int64_t> tokens) {
  return at::tensor(std::vector<int64_t>(tokens.begin(), tokens.end()), at::kLong);
}

}  // namespace

std::vector<int64_t> FileLanguageModel::encode(std::string_view text) const {
  return file_.tokens.encode(text);
}

std::string FileLanguageModel::decode(std::span<const int64_t> tokens) const {
  return file_.tokens.decode(tokens);
}

bool FileLanguageModel::ends(int64_t token) const {
  return std::ranges::count(file_.ends, token) > 0;
}

Tensor FileLanguageModel::extend(ModelState& state, std::span<const int64_t> tokens) const {
  Tensor logits = forward(file_.decoder, as_tensor(tokens), state.cache);
  state.tokens.insert(state.tokens.end(), tokens.begin(), tokens.end());
  return logits;
}

std::vector<int64_t> WordLanguageModel::encode(std::string_view text) const {
  std::vector<int64_t> ids;
  for (size_t at = 0; at < text.size();) {
    int64_t best = -1;
    for (size_t i = 0; i < words_.size(); ++i)
      if (text.substr(at).starts_with(words_[i]) && !words_[i].empty() &&
          (best < 0 || words_[i].size() > words_[static_cast<size_t>(best)].size()))
        best = static_cast<int64_t>(i);
    require(best >= 0, "'{}': no word of the model", text.substr(at));
    ids.push_back(best);
    at += words_[static_cast<size_t>(best)].size();
  }
  return ids;
}

std::string WordLanguageModel::decode(std::span<const int64_t> tokens) const {
  std::string text;
  for (const int64_t id : tokens) {
    require(id >= 0 && id < static_cast<int64_t>(words_.size()), "token {}, expected 0 .. {}", id,
            words_.size() - 1);
    text += words_[static_cast<size_t>(id)];
  }
  return text;
}

bool WordLanguageModel::ends(int64_t token) const {
  return token == static_cast<int64_t>(words_.size()) - 1;
}

Tensor WordLanguageModel::extend(ModelState& state, std::span<const int64_t> tokens) const {
  const at::NoGradGuard no_grad;
  state.tokens.insert(state.tokens.end(), tokens.begin(), tokens.end());
  const Tensor logits = forward(model_, as_tensor(state.tokens).unsqueeze(0))[0];
  return logits.narrow(0, logits.size(0) - static_cast<int64_t>(tokens.size()),
                       static_cast<int64_t>(tokens.size()));
}

}  // namespace offprint::tasks
