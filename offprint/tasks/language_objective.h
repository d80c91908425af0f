// Training of token models on running text: the next token, or masked ones.
#pragma once
#include "offprint/models/token_model.h"
#include "offprint/tasks/train.h"

namespace offprint::tasks {

// Masked: 15 % of the tokens count; of these 80 % are replaced by the last token of the vocabulary,
// which no text has, 10 % by a random one, 10 % stay (Devlin et al. 2019, arXiv 1810.04805,
// section 3.1). Causal: each token from those before it.
struct MaskedTokens {
  Tensor input, target;  // (B,L); the target is -100 where it does not count
};
MaskedTokens mask_tokens(const Tensor& tokens, int64_t vocabulary, Rng& rng);

// Mean cross entropy in nats of (B,L) tokens; masked where the model is not causal, `rng` draws the
// mask and, with `train`, dropout. Of causal models the first token is given, not predicted.
Tensor language_loss(const models::TokenModel& model, const Tensor& tokens, Rng& rng,
                     bool train = false);
// Mean over at most `windows` windows of the model's length, evenly apart; the same masks each
// time.
double held_out_loss(const models::TokenModel& model, const Tensor& tokens, int64_t windows = 256);

class LanguageObjective : public Objective {
 public:
  // Texts (N) int64; the model must outlive it. Throws Error on a text shorter than a window.
  LanguageObjective(models::TokenModel& model, Tensor train, Tensor validation,
                    int64_t validation_windows = 64);

  nn::Parameters parameters() override { return nn::parameters_of(model_); }
  int64_t size() const override;  // windows, by where they begin
  Tensor loss(const Tensor& examples, Rng& rng) override;
  std::optional<double> validate() override;

 private:
  models::TokenModel& model_;
  Tensor train_, validation_;
  int64_t validation_windows_;
};

// `length` more tokens after the prompt, each drawn from softmax(logits / temperature); the model
// sees as many of the last as it was made for. Temperature 0 takes the likeliest. Causal models.
Tensor continue_tokens(const models::TokenModel& model, const Tensor& prompt, int64_t length,
                       double temperature, Rng& rng);

}  // namespace offprint::tasks
