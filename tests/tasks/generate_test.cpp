#include "offprint/tasks/generate.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/data/weights.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

LanguageModelFile tiny() {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf");
  return load_language_model(scratch / "m.gguf");
}

std::vector<double> drawn_from(const std::vector<double>& logits, const SamplingOptions& o,
                               const std::vector<int64_t>& before = {}) {
  const Tensor p = sampling_distribution(at::tensor(logits, at::kDouble), o, before);
  return {p.const_data_ptr<double>(), p.const_data_ptr<double>() + p.numel()};
}

const SamplingOptions kAll = {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};

}  // namespace

TEST_CASE("sampling: each filter by hand") {
  const std::vector<double> logits = {std::log(0.1), std::log(0.6), std::log(0.3)};
  const auto near = [](const std::vector<double>& a, const std::vector<double>& b) {
    for (size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]));
  };
  near(drawn_from(logits, kAll), {0.1, 0.6, 0.3});
  SamplingOptions o = kAll;
  o.temperature = 0;
  near(drawn_from(logits, o), {0, 1, 0});
  o = kAll, o.temperature = 0.5;
  near(drawn_from(logits, o), {0.01 / 0.46, 0.36 / 0.46, 0.09 / 0.46});
  o = kAll, o.top_k = 2;
  near(drawn_from(logits, o), {0, 2.0 / 3, 1.0 / 3});
  o = kAll, o.top_p = 0.6;  // the first holds it
  near(drawn_from(logits, o), {0, 1, 0});
  o.top_p = 0.61;
  near(drawn_from(logits, o), {0, 2.0 / 3, 1.0 / 3});
  o = kAll, o.min_p = 0.4;  // of 0.6
  near(drawn_from(logits, o), {0, 2.0 / 3, 1.0 / 3});
  o = kAll, o.repeat_penalty = 2;  // doubles the negative logit of token 1: 0.36
  near(drawn_from(logits, o, {1, 1}), {0.1 / 0.76, 0.36 / 0.76, 0.3 / 0.76});
  o.repeat_window = 1;
  near(drawn_from(logits, o, {1, 2}), {0.1 / 0.79, 0.6 / 0.79, 0.09 / 0.79});
  CHECK_THROWS_AS(check({.top_p = 0}), Error);
  CHECK_THROWS_AS(check({.temperature = -1}), Error);
}

TEST_CASE("sampling: tokens are drawn as often as they should be, never one that may not") {
  const Tensor p = at::tensor({0.0, 0.2, 0.0, 0.8, 0.0}, at::kDouble);
  Rng rng(1);
  std::vector<int64_t> counts(5);
  for (int i = 0; i < 2000; ++i) ++counts[static_cast<size_t>(sample(p, rng))];
  CHECK(counts[0] + counts[2] + counts[4] == 0);
  CHECK(counts[1] == doctest::Approx(400).epsilon(0.15));
}

TEST_CASE("generate: the same seed says the same, another seed something else; length is kept") {
  const LanguageModelFile m = tiny();
  Progress progress;
  std::string heard;
  GenerateOptions o;
  o.most_tokens = 12;
  const Generated one = generate(
      m, "the", o, [&](std::string_view s) { heard += s; }, progress);
  CHECK(one.prompt == std::vector<int64_t>{257, 'e'});
  CHECK(one.tokens.size() <= 12);
  CHECK(heard == one.text);
  const auto silent = [](std::string_view) {};
  CHECK(generate(m, "the", o, silent, progress).tokens == one.tokens);
  o.seed = 2;
  CHECK(generate(m, "the", o, silent, progress).tokens != one.tokens);
}

TEST_CASE("generate: stops end it, and nothing of them is said, not even half") {
  const LanguageModelFile m = tiny();
  Progress progress;
  GenerateOptions o;
  o.most_tokens = 30, o.sampling = kAll, o.sampling.temperature = 1.5;
  const auto silent = [](std::string_view) {};
  const Generated whole = generate(m, "a", o, silent, progress);
  REQUIRE(whole.text.size() > 8);
  o.stops = {whole.text.substr(5, 3)};
  std::string heard;
  const Generated cut = generate(
      m, "a", o, [&](std::string_view s) { heard += s; }, progress);
  CHECK(cut.reason == "stop");
  CHECK(cut.text == whole.text.substr(0, whole.text.find(o.stops[0])));
  CHECK(heard == cut.text);
}

TEST_CASE("likelihood: of the tokens after the first, whatever the chunks") {
  const LanguageModelFile m = tiny();
  Rng rng(4);
  const Tensor tokens = rng.integers({21}, 258);
  models::KvCache cache;
  const Tensor logp = at::log_softmax(forward(m.decoder, tokens.narrow(0, 0, 20), cache), 1);
  const double expected =
      -logp.gather(1, tokens.narrow(0, 1, 20).unsqueeze(1)).mean().item<double>();
  for (const int64_t chunk : {1, 6, 100})
    CHECK(negative_log_likelihood(m.decoder, tokens, chunk) ==
          doctest::Approx(expected).epsilon(1e-4));
  CHECK_THROWS_AS(negative_log_likelihood(m.decoder, tokens.narrow(0, 0, 1)), Error);
}

TEST_CASE(
    "generate: SmolLM2 knows a capital, and its text is as likely as the reference finds it") {
  const auto folder = data::find_weights("smollm2");
  if (!folder) {
    MESSAGE("skipped: smollm2 is not here, ./start installs it");
    return;
  }
  const std::filesystem::path path = *folder / "SmolLM2-135M-Instruct.Q4_1.gguf";
  const LanguageModelFile m = load_language_model(path);
  Progress progress;
  GenerateOptions o;
  o.most_tokens = 1, o.sampling.temperature = 0;
  const auto silent = [](std::string_view) {};
  CHECK(generate(m, "The capital of France is", o, silent, progress).text == " Paris");
  const auto ids = m.tokens.encode(
      "In the beginning God created the heaven and the earth. And the earth was without form, and "
      "void; and darkness was upon the face of the deep.");
  // The reference: transformers on the same file, dequantised.
  const auto exact = models::load_decoder(data::Gguf(path), models::Precision::exact);
  CHECK(negative_log_likelihood(exact, at::tensor(ids)) ==
        doctest::Approx(2.5984437).epsilon(1e-5));
  CHECK(negative_log_likelihood(m.decoder, at::tensor(ids)) ==
        doctest::Approx(2.5984437).epsilon(1e-3));
}
