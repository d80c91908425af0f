#include "offprint/tasks/generation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

const LanguageModelFile& tiny() {
  static const LanguageModelFile model = [] {
    const data::Scratch scratch;
    models::write_tiny_decoder(scratch / "m.gguf");
    return load_language_model(scratch / "m.gguf");
  }();
  return model;
}

const SamplingOptions kAll = {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};

Generated run(Generation writing, int64_t most = 64) {
  std::string heard;
  while (!writing.over()) heard += writing.step(most);
  CHECK(heard == writing.said().text);
  return writing.said();
}

std::vector<int64_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("generation: a prompt read in parts says the same as one read at once") {
  const GenerateOptions o = {.most_tokens = 20, .sampling = kAll};
  const Generated whole = run(Generation(tiny(), bytes("a longer prompt"), o));
  for (const int64_t most : {1, 4, 15})
    CHECK(run(Generation(tiny(), bytes("a longer prompt"), o), most).tokens == whole.tokens);
}

TEST_CASE("generation: many in turns say what each says alone, from a prompt read once") {
  const std::vector<int64_t> prompt = bytes("in turns");
  Generation first(tiny(), prompt, {.most_tokens = 12, .sampling = kAll, .seed = 1});
  std::string text = first.step(64);
  Generation second(tiny(), prompt, {.most_tokens = 12, .sampling = kAll, .seed = 2}, first.read());
  CHECK(second.unread().size() == 1);
  std::string other;
  while (!first.over() || !second.over()) text += first.step(64), other += second.step(64);
  CHECK(text == run(Generation(tiny(), prompt, {12, kAll, {}, 1})).text);
  CHECK(other == run(Generation(tiny(), prompt, {12, kAll, {}, 2})).text);
  CHECK(text != other);
}

TEST_CASE("generation: bias and penalties of tokens decide what is drawn") {
  GenerateOptions o = {.most_tokens = 8, .sampling = {.temperature = 0}};
  o.logit_bias = {{'x', 100}};
  CHECK(run(Generation(tiny(), bytes("a"), o)).text == "xxxxxxxx");
  o.presence_penalty = 200;  // once in the answer, it is out
  CHECK(std::ranges::count(run(Generation(tiny(), bytes("a"), o)).text, 'x') == 1);
  o.presence_penalty = 0, o.frequency_penalty = 30;
  o.logit_bias = {{'x', 100}, {'y', 75}};  // 100, 70 < 75
  CHECK(run(Generation(tiny(), bytes("a"), o)).text.starts_with("xyxyx"));
  o.logit_bias = {{99999, 1}};
  CHECK_THROWS_WITH_AS(Generation(tiny(), bytes("a"), o),
                       "logit bias: token 99999, expected 0 to 257 and a number", Error);
}

TEST_CASE("generation: likelihoods are the model's own, whatever the sampling") {
  GenerateOptions o = {.most_tokens = 5, .sampling = {.temperature = 0}};
  o.top_likelihoods = 3;
  o.logit_bias = {{'x', 100}};
  const Generated said = run(Generation(tiny(), bytes("ab"), o));
  REQUIRE(said.likelihoods.size() == 5);
  models::KvCache cache;
  const Tensor log_p = at::log_softmax(
      forward(tiny().decoder, at::tensor({'a', 'b', 'x', 'x', 'x', 'x'}, at::kLong), cache), 1);
  for (int64_t i = 0; i < 5; ++i) {
    const TokenLikelihood& one = said.likelihoods[static_cast<size_t>(i)];
    CHECK(one.token == 'x');
    CHECK(one.log_p == doctest::Approx(log_p[i + 1]['x'].item<double>()).epsilon(1e-4));
    REQUIRE(one.likeliest.size() == 3);
    CHECK(one.likeliest[0].first == log_p[i + 1].argmax().item<int64_t>());
    CHECK(one.likeliest[0].second >= one.likeliest[1].second);
    CHECK(one.likeliest[1].second >= one.likeliest[2].second);
  }
}

TEST_CASE("generation: ended from outside it says what it held back, and nothing after") {
  GenerateOptions o = {.most_tokens = 30, .sampling = {.temperature = 0}};
  o.logit_bias = {{'x', 100}};
  o.stops = {"xxxxxxxxxx"};
  Generation writing(tiny(), bytes("a"), o);
  for (int i = 0; i < 4; ++i) CHECK(writing.step(9).empty());
  CHECK(writing.end() == "xxxx");
  CHECK(writing.over());
  CHECK(writing.step(9).empty());
  CHECK(writing.said().reason == "length");
  CHECK(writing.read().tokens.size() == 4);  // the prompt and all but the last
  CHECK_THROWS_AS(Generation(tiny(), {}, o), Error);
}
