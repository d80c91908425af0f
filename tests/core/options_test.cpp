#include "offprint/core/options.h"

#include <doctest/doctest.h>

#include <limits>

#include "offprint/core/error.h"

using namespace offprint;

namespace {

struct Example {
  double lr = 3e-4;
  int64_t d_state = 64;
  uint64_t seed = 1;
  bool real = false;
  std::string init = "legs";
  void visit(auto&& field) {
    field("lr", lr, "AdamW peak rate");
    field("d-state", d_state, "state size N per channel");
    field("seed", seed, "seed of every draw");
    field("real", real, "real instead of complex");
    field("init", init, "initialisation", {"legs", "inv", "lin"});
  }
};

std::string error_of(size_t field, std::string_view text) {
  Example example;
  try {
    set_option(option_fields(example)[field], text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string json_error(const char* text) {
  Example example;
  try {
    options_from_json(option_fields(example), parse_json(text, "t"), "t");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("options: text sets each kind of field, and option_text reads it back") {
  Example example;
  const auto fields = option_fields(example);
  const char* texts[] = {"1e-05", "-3", "18446744073709551615", "true", "inv"};
  for (size_t i = 0; i < fields.size(); ++i) {
    set_option(fields[i], texts[i]);
    CHECK(option_text(fields[i]) == texts[i]);
  }
  CHECK(example.lr == 1e-5);
  CHECK(example.seed == std::numeric_limits<uint64_t>::max());
  CHECK(example.real);
  set_option(fields[0], "0.1");
  CHECK(option_text(fields[0]) == "0.1");
}

TEST_CASE("options: text that does not fit is an error that names the option") {
  CHECK(error_of(0, "abc") == "--lr: 'abc' is not a number");
  CHECK(error_of(0, "") == "--lr: '' is not a number");
  CHECK(error_of(0, "1e") == "--lr: '1e' is not a number");
  CHECK(error_of(0, "1e999") == "--lr: '1e999' is out of range");
  CHECK(error_of(1, "1.5") == "--d-state: '1.5' is not a whole number");
  CHECK(error_of(1, "9223372036854775808") == "--d-state: '9223372036854775808' is out of range");
  CHECK(error_of(1, "+-3") == "--d-state: '+-3' is not a whole number");
  CHECK(error_of(2, "-1") == "--seed: '-1' is not a whole number of 0 or more");
  CHECK(error_of(3, "maybe") == "--real: 'maybe', expected true or false");
  CHECK(error_of(4, "x") == "--init: 'x', expected legs|inv|lin");
}

TEST_CASE("options: a field keeps its value when the text is refused") {
  Example example;
  CHECK_THROWS_AS(set_option(option_fields(example)[1], "12x"), Error);
  CHECK(example.d_state == 64);
}

TEST_CASE("options: JSON carries every field, infinity included") {
  Example out, in;
  out.lr = std::numeric_limits<double>::infinity();
  out.seed = std::numeric_limits<uint64_t>::max();
  out.d_state = -7;
  out.init = "lin";
  const std::string text = json_text(options_to_json(option_fields(out)));
  options_from_json(option_fields(in), parse_json(text, "t"), "t");
  CHECK(in.lr == out.lr);
  CHECK(in.seed == out.seed);
  CHECK(in.d_state == -7);
  CHECK(in.init == "lin");
}

TEST_CASE("options: names missing from JSON keep their defaults, whole numbers serve as rates") {
  Example example;
  options_from_json(option_fields(example), parse_json(R"({"lr": 1, "real": true})", "t"), "t");
  CHECK(example.lr == 1.0);
  CHECK(example.real);
  CHECK(example.d_state == 64);
}

TEST_CASE("options: JSON of another shape is refused by name") {
  CHECK(json_error(R"({"d_state": 3})") ==
        "t: there is no option 'd_state', expected one of lr, d-state, seed, real, init");
  CHECK(json_error(R"({"d-state": 3.5})") == "t: 'd-state' is a number, expected a whole number");
  CHECK(json_error(R"({"d-state": "3"})") == "t: 'd-state' is a string, expected a whole number");
  CHECK(json_error(R"({"real": 1})") == "t: 'real' is a number, expected true or false");
  CHECK(json_error(R"({"init": "x"})") == "t: --init: 'x', expected legs|inv|lin");
  CHECK(json_error(R"({"seed": -2})").starts_with("t: --seed: '-2'"));
  CHECK(json_error("[]") == "t: options are a list, expected an object");
}

TEST_CASE("options: described as values that point nowhere, and words read as JSON of their kind") {
  const std::vector<OptionInfo> infos = describe_options(Example{});
  REQUIRE(infos.size() == 5);
  CHECK(infos[0].kind == "number");
  CHECK(infos[1].kind == "whole number");
  CHECK(infos[3].kind == "switch");
  CHECK(infos[4].value == "legs");
  CHECK(infos[4].choices.size() == 3);
  CHECK(parse_option(infos[0], "0.5") == Json(0.5));
  CHECK(parse_option(infos[1], "-3") == Json(-3));
  CHECK(parse_option(infos[2], "18446744073709551615") == Json(18446744073709551615u));
  CHECK(parse_option(infos[3], "yes") == Json(true));
  CHECK_THROWS_WITH(parse_option(infos[4], "x"), "--init: 'x', expected legs|inv|lin");
  CHECK_THROWS_WITH(parse_option(infos[1], "1.5"), "--d-state: '1.5' is not a whole number");
  CHECK(to_json(infos[3])["name"] == "real");
}
