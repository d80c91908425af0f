#include "offprint/tasks/language_objective.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/data/corpus.h"
#include "offprint/tasks/train_language.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

const models::TrunkOptions kSmall = {
    .length = 16, .width = 16, .depth = 1, .expand = 2, .heads = 2};

models::TokenModel small_model(bool causal, const char* mixer = "m2") {
  models::TrunkOptions o = kSmall;
  o.causal = causal, o.mixer = mixer;
  Rng rng(1);
  return models::make_token_model(causal ? 256 : 257, o, rng);
}

// The alphabet over and over: what comes next is certain.
Tensor alphabet(int64_t n) {
  return at::arange(n, at::TensorOptions().dtype(at::kLong)).remainder(26) + 'a';
}

}  // namespace

TEST_CASE("language loss: a fresh model is about as good as guessing, log of the vocabulary") {
  Rng rng(2);
  const Tensor tokens = rng.integers({4, 17}, 256);
  CHECK(language_loss(small_model(true), tokens, rng).item<double>() ==
        doctest::Approx(std::log(256.0)).epsilon(0.02));
  CHECK(language_loss(small_model(false), tokens.narrow(1, 0, 16), rng).item<double>() ==
        doctest::Approx(std::log(257.0)).epsilon(0.02));
}

TEST_CASE("mask_tokens: 15 % count, in the proportions of BERT, and no row goes without") {
  Rng rng(3);
  const Tensor tokens = at::full({400, 100}, 7, at::kLong);
  const MaskedTokens m = mask_tokens(tokens, 257, rng);
  const Tensor counts = m.target.ne(-100);
  const double n = counts.sum().item<double>();
  CHECK(n / 40000 == doctest::Approx(0.15).epsilon(0.1));
  CHECK(m.target.index({counts}).equal(tokens.index({counts})));
  CHECK(m.input.eq(256).sum().item<double>() / n == doctest::Approx(0.8).epsilon(0.05));
  CHECK(m.input.index({counts.logical_not()}).equal(tokens.index({counts.logical_not()})));
  const double kept = m.input.index({counts}).eq(7).sum().item<double>() / n;
  CHECK(kept == doctest::Approx(0.1).epsilon(0.2));
  const MaskedTokens one = mask_tokens(at::full({500, 1}, 7, at::kLong), 257, rng);
  CHECK(one.target.ne(-100).all().item<bool>());
}

TEST_CASE(
    "language objective: a text without surprise is learned, and continued, by M2 and attention") {
  const Tensor text = alphabet(600);
  for (const char* mixer : {"m2", "attention"}) {
    CAPTURE(mixer);
    models::TokenModel model = small_model(true, mixer);
    Progress progress;
    TrainLanguageOptions o;
    o.steps = 300, o.batch = 16, o.lr = 1e-2;
    fit_language(model, text.narrow(0, 0, 500), text.narrow(0, 500, 100), o, "alphabet", Rng(4),
                 progress);
    CHECK(held_out_loss(model, text.narrow(0, 500, 100)) < 0.1);
    Rng rng(5);
    CHECK(data::text_of_tokens(continue_tokens(model, alphabet(20), 12, 0, rng)) == "uvwxyzabcdef");
  }
}

TEST_CASE("language objective: texts too short, and asking a masked model to go on, are one line") {
  models::TokenModel model = small_model(true), masked = small_model(false);
  Rng rng(6);
  CHECK_THROWS_WITH_AS(LanguageObjective(model, alphabet(16), {}),
                       "text of 16 tokens, expected at least 17: one window", Error);
  CHECK(LanguageObjective(model, alphabet(17), {}).size() == 1);
  CHECK_THROWS_AS(held_out_loss(model, alphabet(16)), Error);
  CHECK_THROWS_AS(continue_tokens(masked, alphabet(4), 1, 0, rng), Error);
}
