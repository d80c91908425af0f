#include "offprint/tasks/counterfactual.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

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

AnswerOptions most(int64_t tokens) {
  AnswerOptions o;
  o.sampling.temperature = 0.7;  // random weights are all but uniform
  o.most_tokens = tokens;
  return o;
}

Progress silent;

}  // namespace

TEST_CASE("replay: an empty intervention says the same, 100 of 100, also with drafts") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  AnswerOptions o = most(12), drafted = o;
  drafted.draft = 4;
  int same = 0, same_drafted = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Answer factual = answer(model, model.encode("once, once"), o, seed, silent);
    const Intervention nothing{factual.prompt, {}, {}, 0};
    same += replay(model, factual, nothing, o, seed, silent).tokens == factual.tokens;
    same_drafted += answer(model, factual.prompt, drafted, seed, silent).tokens == factual.tokens;
  }
  CHECK(same == 100);
  CHECK(same_drafted == 100);
}

TEST_CASE("replay: a word replaced by itself, and an answer read from its file, change nothing") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  const AnswerOptions o = most(30);
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const Answer factual = answer(model, model.encode("the bath"), o, seed, silent);
    REQUIRE(factual.tokens.size() > 12);
    const std::string word = model.decode(std::span(factual.tokens).subspan(8, 3));
    const Intervention same = replace_in_answer(model, factual, word, word);
    CHECK(replay(model, factual, same, o, seed, silent).tokens == factual.tokens);
    const auto [stored, options] = answer_from_json(to_json(factual, o), "run.json");
    CHECK(stored.tokens == factual.tokens);
    CHECK(replay(model, stored, same, options, seed, silent).tokens == factual.tokens);
    const Intervention prompt = replace_in_prompt(model, stored, "bath", "bath");
    CHECK(replay(model, stored, prompt, options, seed, silent).tokens == factual.tokens);
  }
}

TEST_CASE("replay: generate draws the same text from the same seed") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  const AnswerOptions o = most(20);
  GenerateOptions g;
  g.most_tokens = 20, g.sampling = o.sampling, g.seed = 11;
  const auto nobody = [](std::string_view) {};
  CHECK(generate(file, "hello", g, nobody, silent).tokens ==
        answer(model, model.encode("hello"), o, 11, silent).tokens);
}

TEST_CASE("replay: the same answer on one thread and on two") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  const int threads = at::get_num_threads();
  for (uint64_t seed = 0; seed < 5; ++seed) {
    at::set_num_threads(1);
    const Answer one = answer(model, model.encode("threads"), most(30), seed, silent);
    at::set_num_threads(2);
    CHECK(answer(model, model.encode("threads"), most(30), seed, silent).tokens == one.tokens);
  }
  at::set_num_threads(threads);
}

TEST_CASE("replay: what is before the intervention stays, and the fork leaves the factual alone") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  const AnswerOptions o = most(24);
  const Answer factual = answer(model, model.encode("fork"), o, 3, silent);
  REQUIRE(factual.tokens.size() == 24);
  const Intervention other = replace_token(factual, 10, (factual.tokens[10] + 1) % 256);
  const Answer changed = replay(model, factual, other, o, 3, silent);
  CHECK(std::equal(changed.tokens.begin(), changed.tokens.begin() + 10, factual.tokens.begin()));
  CHECK(changed.tokens[10] == (factual.tokens[10] + 1) % 256);
  // The same from nothing but the tokens.
  Answer bare = factual;
  bare.state = {}, bare.first = Tensor();
  CHECK(replay(model, bare, other, o, 3, silent).tokens == changed.tokens);
  const Intervention nothing{factual.prompt, {}, {}, 0};
  CHECK(replay(model, factual, nothing, o, 3, silent).tokens == factual.tokens);
  CHECK(replay(model, factual, other, o, 4, silent).tokens != changed.tokens);
}

TEST_CASE("replacing cuts anew only the tokens that the word stands in") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  Answer factual;
  factual.prompt = model.encode("the path");  // th e _ p a th
  CHECK(factual.prompt == std::vector<int64_t>{257, 'e', ' ', 'p', 'a', 257});
  // The last h goes, its t stays beside it, and the first th is as it was.
  CHECK(replace_in_prompt(model, factual, "ath", "at").prompt ==
        std::vector<int64_t>{257, 'e', ' ', 'p', 'a', 't'});
  CHECK(replace_in_prompt(model, factual, "h", "hh").prompt ==
        std::vector<int64_t>{257, 'h', 'e', ' ', 'p', 'a', 257, 'h'});
  CHECK_THROWS_WITH(replace_in_prompt(model, factual, "x", "y"),
                    "--replace: the prompt has no 'x'");
  factual.tokens = {'a', 257, 'b', 'c', 'd'};
  factual.places = {0, 1, 2, 3, 4};
  const Intervention longer = replace_in_answer(model, factual, "hb", "one");
  CHECK(longer.tokens == std::vector<int64_t>{'a', 't', 'o', 'n', 'e'});
  CHECK(longer.next == 3);  // 'c' met the noise of place 3, and what comes there will too
  const Intervention shorter = replace_in_answer(model, factual, "bcd", "");
  CHECK(shorter.tokens == std::vector<int64_t>{'a', 257});
  CHECK(shorter.next == 5);
  CHECK_THROWS_WITH(replace_in_answer(model, factual, "z", "y"),
                    "--replace: the answer has no 'z'");
}

TEST_CASE("distance: insertions, deletions and replacements over the longer length") {
  using T = std::vector<int64_t>;
  CHECK(token_distance(T{}, T{}) == 0);
  CHECK(token_distance(T{1, 2, 3}, T{}) == 1);
  CHECK(token_distance(T{1, 2, 3, 4}, T{1, 3, 4, 5}) == doctest::Approx(0.5));
  CHECK(token_distance(T{1, 2}, T{3, 4, 5, 6}) == 1);
}

TEST_CASE("stability: kept at every step of replays, broken by inversion along the same text") {
  const LanguageModelFile file = tiny();
  const FileLanguageModel model(file);
  StabilityCount replayed, gumbel, inverse;
  for (const Luck luck : {Luck::token, Luck::inverse}) {
    AnswerOptions o = most(24);
    o.luck = luck, o.trace = true;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const Answer factual = answer(model, model.encode("trace"), o, seed, silent);
      if (factual.tokens.size() < 4) continue;
      const Intervention i = replace_token(factual, 2, '?');
      if (luck == Luck::token)
        replayed += count_stability(factual, replay(model, factual, i, o, seed, silent));
      (luck == Luck::token ? gumbel : inverse) +=
          count_stability(factual, draws_along(model, factual, i, o));
    }
  }
  CHECK(replayed.steps > 300);
  CHECK(replayed.changed > 30);
  CHECK(replayed.broken == 0);
  CHECK(gumbel.steps > 300);
  CHECK(gumbel.changed > 10);
  CHECK(gumbel.broken == 0);
  CHECK(inverse.broken * 100 >= inverse.steps);
}

TEST_CASE("word models: words in and out, the last one ends, states are read anew") {
  Rng rng(1);
  const models::TokenModel trunk = models::make_token_model(
      4, {.length = 8, .width = 8, .depth = 1, .mixer = "attention", .feed = "dense", .heads = 2},
      rng);
  const WordLanguageModel model(trunk, {"a", "ab", "c", "\n"});
  CHECK(model.encode("abca") == std::vector<int64_t>{1, 2, 0});
  CHECK(model.decode(std::vector<int64_t>{1, 2, 0}) == "abca");
  CHECK(model.ends(3));
  CHECK_FALSE(model.ends(0));
  CHECK_THROWS_AS(model.encode("ax"), Error);
  ModelState whole, parts;
  const Tensor all = model.extend(whole, std::vector<int64_t>{1, 2, 0});
  model.extend(parts, std::vector<int64_t>{1, 2});
  CHECK(max_abs_diff(model.extend(parts, std::vector<int64_t>{0})[0], all[2]) < 1e-5);
}

TEST_CASE("replay: SmolLM2 tells the same story twice, and another from another name") {
  const auto folder = data::find_weights("smollm2");
  if (!folder) {
    MESSAGE("skipped: smollm2 is not here, ./start installs it");
    return;
  }
  const LanguageModelFile file = load_language_model(*folder / "SmolLM2-135M-Instruct.Q4_1.gguf");
  const FileLanguageModel model(file);
  const AnswerOptions o = most(12);
  const Answer factual = answer(model, model.encode("Captain Lyra looked at"), o, 7, silent);
  const Intervention self = replace_in_prompt(model, factual, "Lyra", "Lyra");
  CHECK(replay(model, factual, self, o, 7, silent).text == factual.text);
  const Intervention maeve = replace_in_prompt(model, factual, "Captain Lyra", "Captain Maeve");
  CHECK(model.decode(maeve.prompt) == "Captain Maeve looked at");
}
