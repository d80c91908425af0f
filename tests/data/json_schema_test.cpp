#include "offprint/data/json_schema.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/data/token_masks.h"

using namespace offprint;
using namespace offprint::data;

namespace {

class Schema {
 public:
  explicit Schema(const char* text) : states_(made(text)) {}
  bool takes(std::string_view document) {
    const int32_t state = states_.next(states_.start(), document);
    return state != GrammarStates::kDead && states_.accepts(state);
  }

 private:
  static GrammarStates made(const char* text) {
    GrammarRule made = json_schema_grammar(parse_json(text, "test"), "out.json");
    return {std::move(made.grammar), made.rule};
  }
  GrammarStates states_;
};

std::string error_of(const char* text) {
  try {
    Schema schema(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("JSON Schema: numbers as JSON writes them, whole ones within their bounds") {
  Schema number(R"({"type": "number"})");
  for (const char* yes : {"0", "-0", "12", "-1.50", "1e5", "2.5E-07"}) CHECK(number.takes(yes));
  for (const char* no : {"01", "+1", ".5", "1.", "1e", "--1", "", "NaN"})
    CHECK_FALSE(number.takes(no));
  for (const auto& [low, high] : {std::pair{0, 0}, {3, 17}, {-12, 7}, {-205, -31}, {95, 1204}}) {
    Schema range(
        fmt::format(R"({{"type":"integer","minimum":{},"maximum":{}}})", low, high).c_str());
    for (int i = -1300; i <= 1300; ++i) {
      CAPTURE(i);
      CHECK(range.takes(std::to_string(i)) == (i >= low && i <= high));
    }
  }
  Schema above(R"({"type": "integer", "exclusiveMinimum": 9})");
  CHECK(above.takes("10"));
  CHECK(above.takes("123456"));
  CHECK_FALSE(above.takes("9"));
  CHECK_FALSE(above.takes("-10"));
}

TEST_CASE("JSON Schema: strings by characters, not bytes, with their escapes") {
  Schema two(R"({"type": "string", "minLength": 2, "maxLength": 2})");
  for (const char* yes : {R"("ab")", "\"\xC3\xA9\xE4\xB8\xAD\"", R"("\n\u00e9")",
                          R"("\ud83d\uDE00x")", "\"\xF0\x9F\x98\x80x\""})
    CHECK(two.takes(yes));
  for (const char* no : {R"("a")", R"("abc")", R"("\ud83dx")", R"("\x1")", "\"a\nb\"", "\"a\xFF\"",
                         "\"\xED\xA0\x80x\"", R"(""")"})
    CHECK_FALSE(two.takes(no));
}

TEST_CASE("JSON Schema: objects with what must and may be, and names that are none of these") {
  Schema closed(
      R"({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"},
    "c": {"type": "null"}}, "required": ["b"], "additionalProperties": false})");
  for (const char* yes : {R"({"b":true})", R"({"a": 1, "b": false})",
                          R"({"a":1,"b":true,"c":null})", "{\n  \"b\": true\n}"})
    CHECK(closed.takes(yes));
  for (const char* no : {"{}", R"({"a":1})", R"({"b":1})", R"({"b":true,})", R"({,"b":true})",
                         R"({"b":true,"d":1})", R"({"b":true "c":null})"})
    CHECK_FALSE(closed.takes(no));
  Schema open(
      R"({"properties": {"ab": {"type": "integer"}, "ac": true}, "required": ["z"], "type": "object",
    "additionalProperties": {"type": "string"}})");
  CHECK(open.takes(R"({"ab":1,"z":"x"})"));
  CHECK(open.takes(R"({"z":"x","a":"y","abc":"","q":"r"})"));
  CHECK_FALSE(open.takes(R"({"z":"x","ab":"y"})"));  // it is declared, and a number
  CHECK_FALSE(open.takes(R"({"z":"x","q":1})"));
  CHECK_FALSE(open.takes(R"({"ab":1})"));
}

TEST_CASE("JSON Schema: arrays by count and place, unions, constants, references") {
  Schema few(
      R"({"type": "array", "items": {"enum": [1, "x", null]}, "minItems": 1, "maxItems": 3})");
  for (const char* yes : {"[1]", R"([1, "x",null])"}) CHECK(few.takes(yes));
  for (const char* no : {"[]", "[1,1,1,1]", "[2]", "[1,]", "[,1]"}) CHECK_FALSE(few.takes(no));
  Schema pair(
      R"({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false})");
  for (const char* yes : {"[]", "[1]", R"([1,"a"])"}) CHECK(pair.takes(yes));
  for (const char* no : {R"(["a"])", R"([1,"a",2])"}) CHECK_FALSE(pair.takes(no));
  Schema tree(
      R"({"$defs": {"tree": {"type": "object", "properties": {"left": {"anyOf": [{"$ref": "#/$defs/tree"},
    {"const": 7}]}}, "required": ["left"], "additionalProperties": false}}, "$ref": "#/$defs/tree"})");
  CHECK(tree.takes(R"({"left":{"left":{"left":7}}})"));
  CHECK_FALSE(tree.takes(R"({"left":{"left":{"left":7}})"));
  CHECK_FALSE(tree.takes(R"({"left":8})"));
  Schema any("{}");
  CHECK(any.takes(R"({"a": [1, {"b": "c"}], "": null})"));
  CHECK_FALSE(any.takes(R"({"a": [1, }]})"));
}

TEST_CASE("JSON Schema: what it cannot hold to is an error with its place") {
  CHECK(error_of(R"({"properties": {"age": {"type": "integer", "multipleOf": 5}}})") ==
        "out.json: /properties/age: 'multipleOf' is not supported");
  CHECK(error_of(R"({"type": "number", "minimum": 0})") ==
        "out.json: /: 'minimum' is supported on \"type\": \"integer\" alone");
  CHECK(error_of(R"({"type": "integer", "minimum": 5, "maximum": 4})") ==
        "out.json: /: no whole number from 5 to 4");
  CHECK(error_of(R"({"$ref": "other.json"})") ==
        "out.json: /: 'other.json' is outside of the document");
  CHECK(error_of(R"({"$ref": "#/$defs/x"})") == "out.json: /: nothing stands at '#/$defs/x'");
  CHECK(
      error_of(
          R"({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})")
          .ends_with("references that lead to each other alone"));
  CHECK(error_of(R"({"oneOf": [{"type": "integer"}, {"type": "number"}]})")
            .ends_with("branches of 'oneOf' might both hold; 'anyOf' takes any"));
  CHECK(error_of(R"({"type": "strange"})") == "out.json: /: no type 'strange'");
  CHECK(error_of("[]") == "out.json: /: expected an object or true");
}

TEST_CASE("token masks: every token by its bytes, against trying each") {
  const std::vector<std::string> tokens = {
      "{",    "}",        "\"",      "a",       "\"a",  "\":", "\"a\":", "1", "12",
      "01",   " ",        "\n",      "tru",     "true", "e",   ",",      "",  "\xC3",
      "\xA9", "\xC3\xA9", "<|end|>", "{\"a\":", "}x",   "\"}", ":",      "2"};
  GrammarRule made = json_schema_grammar(
      parse_json(
          R"({"type": "object", "properties": {"a": {"type": ["integer", "boolean", "string"]}},
                    "required": ["a"], "additionalProperties": false})",
          "test"),
      "test");
  GrammarStates plain(made.grammar, made.rule);
  TokenMasks masks(GrammarStates(std::move(made.grammar), made.rule), tokens, {20});
  for (const char* text : {"", "{", "{\"", "{\"a\":", "{\"a\":1", "{\"a\":\"\xC3", "{\"a\":12}"}) {
    CAPTURE(text);
    int32_t state = masks.start();
    for (const char* c = text; *c != 0; ++c)
      for (size_t id = 0; id < tokens.size(); ++id)
        if (tokens[id] == std::string(1, *c)) {
          state = masks.next(state, static_cast<int64_t>(id));
          break;
        } else if (id + 1 == tokens.size()) {
          FAIL("no token for a byte");
        }
    const int32_t oracle = plain.next(plain.start(), text);
    for (int again = 0; again < 2; ++again) {
      const auto mask = masks.allowed(state);
      for (size_t id = 0; id < tokens.size(); ++id) {
        CAPTURE(tokens[id]);
        const bool expected = id == 20 ? plain.accepts(oracle)
                                       : !tokens[id].empty() &&
                                             plain.next(oracle, tokens[id]) != GrammarStates::kDead;
        CHECK((mask[id / 64] >> (id % 64) & 1) == expected);
      }
    }
  }
}
