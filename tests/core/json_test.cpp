#include "offprint/core/json.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace offprint;

namespace {
std::string error_of(std::string_view text) {
  try {
    parse_json(text, "card.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}
}  // namespace

TEST_CASE("parse_json: an error names the source, line and column") {
  CHECK(error_of("{\n  \"a\": 1,\n  \"b\": x\n}").starts_with("card.json: line 3, column 8: "));
  CHECK(error_of("[1, 2").starts_with("card.json: line 1, column 6: "));
  CHECK(error_of("").starts_with("card.json: line 1, column 1: "));
  CHECK(error_of("\n\n  }").starts_with("card.json: line 3, column 3: "));
  CHECK(error_of("{\"a\":1}\n{").starts_with("card.json: line 2, column 1: "));
  CHECK(error_of("\"\xff\"").starts_with("card.json: line 1, column 2: "));
  CHECK(error_of("{\n\"a\": x}").find('\n') == std::string::npos);
}

TEST_CASE("parse_json: keys keep their order") {
  CHECK(json_text(parse_json(R"({"z":1,"a":2,"m":3})", "t")) == R"({"z":1,"a":2,"m":3})");
}

TEST_CASE("json_get: what is missing, of another kind or out of range is named") {
  const Json object = parse_json(
      R"({"n": 3, "half": 0.5, "name": "x", "big": 3000000000, "neg": -1, "list": [1, "a"]})", "t");
  CHECK(json_get<int>(object, "n", "t") == 3);
  CHECK(json_get<double>(object, "n", "t") == 3.0);
  CHECK(json_get<std::string>(object, "name", "t") == "x");
  CHECK(json_get<int64_t>(object, "big", "t") == 3'000'000'000);
  const auto message = [&](auto get) -> std::string {
    try {
      get();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(message([&] { json_get<int>(object, "m", "t"); }) == "t: 'm' is missing");
  CHECK(message([&] { json_get<double>(object, "name", "t"); }) ==
        "t: 'name' is a string, expected a number");
  CHECK(message([&] { json_get<int>(object, "half", "t"); }) ==
        "t: 'half' is a number, expected a whole number");
  CHECK(message([&] { json_get<int>(object, "big", "t"); }) ==
        "t: 'big' is 3000000000, out of range");
  CHECK(message([&] { json_get<uint64_t>(object, "neg", "t"); }) == "t: 'neg' is -1, out of range");
  CHECK(message([&] {
          json_get<std::vector<double>>(object, "list", "t");
        }).starts_with("t: 'list' is a list"));
  CHECK(message([&] { json_get<int>(Json::array(), "n", "t"); }) ==
        "t: a list, expected an object with 'n'");
}

TEST_CASE("json_text: text that is not UTF-8 and numbers JSON lacks do not throw") {
  CHECK(json_text(Json{{"a", "\xff"}, {"b", std::nan("")}}) ==
        "{\"a\":\"\xEF\xBF\xBD\",\"b\":null}");
}

TEST_CASE("json: a text that is nested without end is one line, brackets in strings do not count") {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse_json(nested(500), "t").size() == 1);
  CHECK_THROWS_WITH_AS(parse_json(nested(501), "t"), "t: lists and objects more than 500 deep",
                       Error);
  CHECK_THROWS_AS(parse_json(nested(1000000), "t"), Error);
  const std::string text = "\\\"" + std::string(2000, '[');
  CHECK(parse_json("\"" + text + "\"", "t").get<std::string>() == text.substr(1));
}
