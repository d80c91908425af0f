#include "offprint/tasks/speculation.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/tasks/generation.h"
#include "offprint/tasks/guided.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

LanguageModelFile written(const models::TinyDecoder& sizes) {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf", sizes);
  return load_language_model(scratch / "m.gguf");
}

const LanguageModelFile& tiny() {
  static const LanguageModelFile model = written({.context = 400});
  return model;
}

const SamplingOptions kGreedy = {.temperature = 0}, kWarm = {.temperature = 0.8};

Generated run(const GenerateOptions& o, std::string_view prompt = "one two one two one") {
  Progress progress;
  std::string heard;
  const Generated said = generate(
      tiny(), prompt, o, [&](std::string_view s) { heard += s; }, progress);
  CHECK(heard == said.text);
  return said;
}

// Everything said with guesses is what is said without, to the last bit; returns the former.
Generated check_same(GenerateOptions o, const Speculation& speculation) {
  const Generated plain = run(o);
  o.speculation = speculation;
  const Generated fast = run(o);
  CAPTURE(o.seed);
  CHECK(fast.text == plain.text);
  CHECK(fast.tokens == plain.tokens);
  CHECK(fast.reason == plain.reason);
  CHECK(fast.likelihoods.size() == plain.likelihoods.size());
  for (size_t i = 0; i < plain.likelihoods.size(); ++i) {
    CHECK(fast.likelihoods[i].log_p == plain.likelihoods[i].log_p);
    CHECK(fast.likelihoods[i].likeliest == plain.likelihoods[i].likeliest);
  }
  CHECK(fast.decisions.size() == plain.decisions.size());
  for (size_t i = 0; i < plain.decisions.size(); ++i)
    CHECK(fast.decisions[i].entropy == plain.decisions[i].entropy);
  CHECK(fast.accepted <= fast.drafted);
  CHECK(fast.calls <= plain.calls);
  return fast;
}

}  // namespace

TEST_CASE("speculation: what followed the longest earlier match, the latest of equals") {
  using Ids = std::vector<int64_t>;
  CHECK(look_up(Ids{1, 2, 3, 9, 2, 3, 7, 1, 2, 3}, 2).next == Ids{9, 2});
  CHECK(look_up(Ids{1, 2, 3, 9, 2, 3, 7, 1, 2, 3}, 2).length == 3);
  CHECK(look_up(Ids{5, 1, 5, 2, 5}, 8).next == Ids{2, 5});
  CHECK(look_up(Ids{1, 2, 3}, 8).next.empty());
  CHECK(look_up(Ids{4, 4, 4}, 8).next == Ids{4});
  CHECK(look_up(Ids{4}, 8).next.empty());
}

TEST_CASE("speculation: the text is the one written without, from the text and from a model") {
  const LanguageModelFile other = written({.width = 16, .depth = 1, .context = 400});
  for (const SamplingOptions& sampling : {kGreedy, kWarm})
    for (uint64_t seed = 0; seed < 12; ++seed)
      for (const LanguageModelFile* model :
           {static_cast<const LanguageModelFile*>(nullptr), &tiny(), &other}) {
        GenerateOptions o = {.most_tokens = 60, .sampling = sampling, .seed = seed};
        o.luck = std::array{Luck::token, Luck::rank, Luck::inverse}[seed % 3];
        o.keep_decisions = seed % 2 == 0, o.top_likelihoods = seed % 2 == 0 ? 2 : -1;
        o.frequency_penalty = seed % 4 == 1 ? 0.3 : 0, o.logit_bias = {{'e', 1.5}};
        check_same(o, {.drafts = 1 + static_cast<int64_t>(seed % 5), .model = model});
      }
}

TEST_CASE("speculation: stops and a length end it where they would") {
  GenerateOptions o = {.most_tokens = 60, .sampling = kWarm};
  for (o.seed = 0; o.seed < 12; ++o.seed) {
    const std::string whole = run(o).text;
    GenerateOptions cut = o;
    if (whole.size() > 8) cut.stops = {whole.substr(whole.size() / 2, 2)};
    check_same(cut, {.drafts = 6, .model = &tiny()});
    cut.stops = {}, cut.most_tokens = 7;
    check_same(cut, {.drafts = 6, .model = &tiny()});
  }
}

TEST_CASE("speculation: a guide's masks and jumps hold for what was guessed") {
  const Json schema = parse_json(
      R"({"type": "array", "items": {"enum": ["red", "green", "blue"]}, "minItems": 6,
          "maxItems": 9})",
      "test");
  const auto masks = guide(tiny(), data::json_schema_grammar(schema, "test"));
  GenerateOptions o = {.most_tokens = 120, .sampling = kWarm, .guide = masks.get()};
  int64_t held = 0;
  for (const bool jump : {false, true})
    for (o.seed = 0; o.seed < 8; ++o.seed) {
      o.jump = jump;
      held += check_same(o, {.drafts = 5}).accepted;
    }
  CHECK(held > 0);
}

TEST_CASE("speculation: a draft model that is the model itself is always right") {
  GenerateOptions o = {.most_tokens = 60, .sampling = kWarm, .seed = 3};
  const Generated said = check_same(o, {.drafts = 4, .model = &tiny()});
  // Its last guess may be past the text's end.
  CHECK(said.drafted - said.accepted <= 4);
  CHECK(said.calls * 2 < std::ssize(said.tokens) + 4);
}

TEST_CASE("speculation: a sure guess holds as often as p says, and what is drawn then has law p") {
  // By the rule of speculative sampling: q = 1 at x: x is kept with min(1, p(x)), or else drawn
  // from the positive part of p - q over its sum, here p without x.
  const std::vector<double> p = {0.5, 0.2, 0.2, 0.1};
  for (size_t x = 0; x < p.size(); ++x)
    for (size_t v = 0; v < p.size(); ++v)
      CHECK((v == x ? p[x] : (1 - p[x]) * p[v] / (1 - p[x])) == doctest::Approx(p[v]));
  // Ours: the draw does not know of x, and x holds where they are equal.
  const Tensor distribution = at::tensor(p, at::kDouble);
  constexpr int kPlaces = 20000;
  for (const Luck luck : {Luck::token, Luck::rank, Luck::inverse}) {
    std::vector<double> drawn(p.size());
    for (uint64_t i = 0; i < kPlaces; ++i)
      drawn[static_cast<size_t>(draw_token(distribution, luck, luck_of(5).split(i)))] +=
          1.0 / kPlaces;
    double chi = 0;  // 3 degrees of freedom: above 16.3 once in a thousand
    for (size_t v = 0; v < p.size(); ++v) chi += kPlaces * std::pow(drawn[v] - p[v], 2) / p[v];
    CHECK(chi < 16.3);
  }
}

TEST_CASE("speculation: the cache afterwards is that of a text read anew") {
  GenerateOptions o = {.most_tokens = 40, .sampling = kWarm, .seed = 2};
  const LanguageModelFile other = written({.width = 16, .depth = 1, .context = 400});
  o.speculation = Speculation{.drafts = 5, .model = &other};
  ModelState read;
  Progress progress;
  const Generated said = generate(
      tiny(), {'a', 'b', 'a', 'b', 'a'}, o, read, [](std::string_view) {}, progress);
  CHECK(said.drafted > said.accepted);
  CHECK(std::ssize(read.tokens) == read.cache.length());
  models::KvCache fresh;
  forward(tiny().decoder, at::tensor(read.tokens), fresh, 1);
  const Tensor next = at::tensor({int64_t{'x'}, int64_t{'y'}});
  const Tensor kept = forward(tiny().decoder, next, read.cache);
  CHECK(kept.equal(forward(tiny().decoder, next, fresh)));
}

TEST_CASE("speculation: a truncated cache is written over by its owner alone") {
  models::KvCache cache;
  forward(tiny().decoder, at::tensor({1, 2, 3, 4}, at::kLong), cache, 1);
  const models::KvCache copy = cache;
  models::KvCache cut = cache.truncated(2), again = copy;
  forward(tiny().decoder, at::tensor({9, 9}, at::kLong), cut, 1);
  models::KvCache fresh;
  forward(tiny().decoder, at::tensor({1, 2, 3, 4}, at::kLong), fresh, 1);
  const Tensor next = at::tensor({5}, at::kLong);
  CHECK(forward(tiny().decoder, next, again).equal(forward(tiny().decoder, next, fresh)));
}

TEST_CASE("speculation: bad input") {
  GenerateOptions o;
  o.speculation = Speculation{.drafts = 0};
  CHECK_THROWS_WITH_AS(check(o, tiny()), "--drafts: 0, expected at least 1", Error);
  LanguageModelFile fewer = tiny();
  fewer.tokens = data::BytePair(data::BytePairTables{
      .tokens = {"a", "b"}, .merges = {}, .specials = {}, .unknown = {}, .source = "test"});
  CHECK_THROWS_WITH_AS(check_drafter(fewer, tiny()),
                       "--speculate: the draft model has 2 tokens, expected the model's 258",
                       Error);
  data::BytePairTables tables{
      .tokens = {}, .merges = {}, .specials = {}, .unknown = {}, .source = "test"};
  for (int64_t id = 0; id < tiny().tokens.size(); ++id)
    tables.tokens.push_back(fmt::format("w{}", id));
  fewer.tokens = data::BytePair(tables);
  CHECK_THROWS_WITH_AS(check_drafter(fewer, tiny()),
                       doctest::Contains("--speculate: token 0 of the draft model is "), Error);
}
