#include "offprint/tasks/guided.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

LanguageModelFile tiny() {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf", {.context = 400});
  return load_language_model(scratch / "m.gguf");
}

}  // namespace

TEST_CASE("guided: a model of random weights writes what the schema says, at any temperature") {
  const LanguageModelFile m = tiny();
  const Json schema = parse_json(
      R"({"type": "object", "properties": {"sex": {"enum": ["female", "male"]},
          "age": {"type": "integer", "minimum": 18, "maximum": 99},
          "name": {"type": "string", "minLength": 1, "maxLength": 4}},
          "required": ["sex", "age", "name"], "additionalProperties": false})",
      "test");
  const auto masks = guide(m, data::json_schema_grammar(schema, "test"));
  Progress progress;
  GenerateOptions o;
  o.most_tokens = 300, o.guide = masks.get();
  o.sampling = {.temperature = 1.5, .top_k = 0, .top_p = 1, .min_p = 0};
  for (o.seed = 0; o.seed < 20; ++o.seed) {
    const Generated said = generate(
        m, "a person", o, [](std::string_view) {}, progress);
    CAPTURE(said.text);
    CHECK(said.reason == "stop");
    const Json person = parse_json(said.text, "answer");
    CHECK(person.size() == 3);
    CHECK((person["sex"] == "female" || person["sex"] == "male"));
    CHECK(person["age"] >= 18);
    CHECK(person["age"] <= 99);
    CHECK(person["name"].is_string());
  }
}

TEST_CASE("guided: special tokens are no text, and the end is allowed where the text is whole") {
  const LanguageModelFile m = tiny();
  const auto masks =
      guide(m, data::json_schema_grammar(parse_json(R"({"type": "string"})", "t"), "t"));
  const auto allows = [&](int32_t state, size_t id) {
    return (masks->allowed(state)[id / 64] >> (id % 64) & 1) == 1;
  };
  const int32_t begun = masks->next(masks->start(), '"');
  CHECK(allows(begun, 257));        // "th"
  CHECK_FALSE(allows(begun, 256));  // <|end|>, whose letters a string may have
  CHECK(allows(masks->next(begun, '"'), 256));
  CHECK_FALSE(allows(masks->start(), 'a'));
}

TEST_CASE("guided: what is masked cannot be drawn, and nothing is left of nothing") {
  const Tensor logits = at::tensor({1.0f, 2.0f, 3.0f});
  const std::vector<uint64_t> some = {0b011}, none = {0};
  const Tensor open = *masked(logits, some);
  CHECK(open[1].item<float>() == 2);
  CHECK(std::isinf(open[2].item<float>()));
  CHECK_FALSE(masked(logits, none));
}

TEST_CASE("guided: text without a choice is written without asking the model, the rest as before") {
  const LanguageModelFile m = tiny();
  const Json schema = parse_json(
      R"({"type": "object", "properties": {"temperature": {"enum": [17, 18]}, "north": {"type": "boolean"}},
          "required": ["temperature", "north"], "additionalProperties": false})",
      "test");
  const auto masks = guide(m, data::json_schema_grammar(schema, "test"));
  Progress progress;
  GenerateOptions o;
  o.guide = masks.get(), o.keep_decisions = true;
  o.sampling = {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};
  std::map<std::string, int> asked, jumped;
  size_t decisions[2] = {0, 0};
  for (o.seed = 0; o.seed < 200; ++o.seed)
    for (const bool jump : {false, true}) {
      o.jump = jump;
      const Generated said = generate(
          m, "how warm", o, [](std::string_view) {}, progress);
      CHECK(said.reason == "stop");
      // Space between what it says is its own to choose.
      ++(jump ? jumped : asked)[json_text(parse_json(said.text, "answer"))];
      CHECK(m.tokens.decode(said.tokens) == said.text);
      decisions[jump] += said.decisions.size();
      for (const Decision& d : said.decisions) {
        CHECK(d.log_p <= 0);
        CHECK(d.kept <= 1e-6);
        CHECK(d.entropy >= 0);
        CHECK(d.margin <= 1);
      }
    }
  CHECK(asked.size() == 4);
  CHECK(jumped.size() == 4);
  CHECK(decisions[1] < decisions[0]);
  // The same law, but for how text is cut into tokens.
  for (const auto& [text, times] : asked) {
    CAPTURE(text);
    CHECK(jumped[text] > times / 2);
    CHECK(jumped[text] < 2 * times + 10);
  }
}

TEST_CASE("guided: forced text ends where there is a choice, and where the text may end") {
  const LanguageModelFile m = tiny();
  const auto masks = [&](const char* schema) {
    return guide(m, data::json_schema_grammar(parse_json(schema, "t"), "t"));
  };
  const auto two = masks(R"({"enum": ["north", "nose"]})");
  CHECK(two->forced(two->start()) == "\"no");
  CHECK(two->finished(two->next_text(two->start(), "\"nose\"")));
  CHECK_FALSE(two->finished(two->next_text(two->start(), "\"nose")));
  const auto number = masks(R"({"enum": [1, 12]})");
  CHECK(number->forced(number->start()) == "1");
  CHECK_FALSE(number->finished(number->next_text(number->start(), "1")));
}
