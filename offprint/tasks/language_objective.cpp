#include "offprint/tasks/language_objective.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kNotCounted = -100;

int64_t window_of(const models::TokenModel& model) {
  // A causal model predicts L tokens from L, which takes one more.
  return model.trunk.options.length + (model.trunk.options.causal ? 1 : 0);
}

Tensor windows_at(const Tensor& text, const Tensor& starts, int64_t length) {
  const Tensor offsets = at::arange(length, at::TensorOptions().dtype(at::kLong));
  return text.index({starts.unsqueeze(1) + offsets});  // (B,length)
}

Tensor cross_entropy(const Tensor& logits, const Tensor& target) {
  return at::cross_entropy_loss(logits.reshape({-1, logits.size(-1)}), target.reshape({-1}), {}, 1,
                                kNotCounted);
}

}  // namespace

MaskedTokens mask_tokens(const Tensor& tokens, int64_t vocabulary, Rng& rng) {
  Tensor counts = rng.uniform(tokens.sizes()) < 0.15;
  counts.select(1, rng.integer(tokens.size(1))).fill_(true);  // no row without any
  const Tensor dice = rng.uniform(tokens.sizes());
  const Tensor random = rng.integers(tokens.sizes(), vocabulary - 1);
  const Tensor replaced =
      at::where(dice < 0.8, at::full(tokens.sizes(), vocabulary - 1, tokens.options()),
                at::where(dice < 0.9, random, tokens));
  return {at::where(counts, replaced, tokens),
          at::where(counts, tokens, at::full(tokens.sizes(), kNotCounted, tokens.options()))};
}

Tensor language_loss(const models::TokenModel& model, const Tensor& tokens, Rng& rng, bool train) {
  Rng* dropout = train ? &rng : nullptr;
  if (model.trunk.options.causal) {
    const int64_t L = tokens.size(1) - 1;
    return cross_entropy(forward(model, tokens.narrow(1, 0, L), dropout), tokens.narrow(1, 1, L));
  }
  const MaskedTokens masked = mask_tokens(tokens, model.embedding.size(0), rng);
  // Only features that count meet the head: it is the dearest product of a small model.
  const Tensor counted = masked.target.ne(kNotCounted);
  const Tensor features = models::features(model, masked.input, dropout).index({counted});
  return cross_entropy(at::matmul(features, model.embedding.t()), masked.target.index({counted}));
}

double held_out_loss(const models::TokenModel& model, const Tensor& tokens, int64_t windows) {
  const at::NoGradGuard no_grad;
  const int64_t length = window_of(model), last = tokens.size(0) - length;
  require(last >= 0 && windows > 0, "held-out text has {} tokens, expected at least {}",
          tokens.size(0), length);
  const int64_t count = std::min(windows, last / length + 1), batch = 16;
  std::vector<int64_t> starts;
  for (int64_t i = 0; i < count; ++i) starts.push_back(count == 1 ? 0 : i * last / (count - 1));
  const Rng masks(1);
  double sum = 0;
  for (int64_t begin = 0; begin < count; begin += batch) {
    const int64_t end = std::min(count, begin + batch);
    const Tensor at =
        at::tensor(std::vector<int64_t>(starts.begin() + begin, starts.begin() + end));
    Rng rng = masks.split(static_cast<uint64_t>(begin));
    sum += language_loss(model, windows_at(tokens, at, length), rng).item<double>() *
           static_cast<double>(end - begin);
  }
  return sum / static_cast<double>(count);
}

LanguageObjective::LanguageObjective(models::TokenModel& model, Tensor train, Tensor validation,
                                     int64_t validation_windows)
    : model_(model),
      train_(std::move(train)),
      validation_(std::move(validation)),
      validation_windows_(validation_windows) {
  const int64_t least = window_of(model_);
  require(train_.size(0) >= least, "text of {} tokens, expected at least {}: one window",
          train_.size(0), least);
}

int64_t LanguageObjective::size() const { return train_.size(0) - window_of(model_) + 1; }

Tensor LanguageObjective::loss(const Tensor& examples, Rng& rng) {
  return language_loss(model_, windows_at(train_, examples, window_of(model_)), rng, true);
}

std::optional<double> LanguageObjective::validate() {
  if (!validation_.defined() || validation_.size(0) == 0) return std::nullopt;
  return held_out_loss(model_, validation_, validation_windows_);
}

Tensor continue_tokens(const models::TokenModel& model, const Tensor& prompt, int64_t length,
                       double temperature, Rng& rng) {
  require(model.trunk.options.causal, "a model of masked tokens does not continue a text");
  require(prompt.dim() == 1 && prompt.size(0) > 0, "prompt is {}, expected (L) with L > 0",
          shape_text(prompt));
  const at::NoGradGuard no_grad;
  Tensor text = prompt;
  for (int64_t i = 0; i < length; ++i) {
    const int64_t seen = std::min(text.size(0), model.trunk.options.length);
    const Tensor logits =
        forward(model, text.slice(0, text.size(0) - seen).unsqueeze(0)).select(1, seen - 1)[0];
    Tensor next;
    if (temperature <= 0) {
      next = logits.argmax();
    } else {
      const Tensor shares = at::softmax(logits.to(at::kDouble) / temperature, 0).cumsum(0);
      next = (shares < rng.uniform()).sum().clamp_max(logits.size(0) - 1);
    }
    text = at::cat({text, next.view({1})});
  }
  return text.slice(0, prompt.size(0));
}

}  // namespace offprint::tasks
