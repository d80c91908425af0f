#include "offprint/cli/option_flags.h"

#include <doctest/doctest.h>

#include <CLI/CLI.hpp>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::cli;

namespace {

struct Example {
  double lr = 0.1;
  int64_t width = 64;
  bool prenorm = true;
  std::string init = "legs";
  void visit(auto&& field) {
    field("lr", lr, "rate");
    field("width", width, "channels");
    field("prenorm", prenorm, "normalise first");
    field("init", init, "start", {"legs", "lin"});
  }
};

Json options_of(const std::vector<std::string>& words) {
  return options_from_words(describe_options(Example{}), words, "toy");
}

std::string message_of(const std::vector<std::string>& words) {
  try {
    options_of(words);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("option flags: a struct's fields are flags of the verb, switches can be denied") {
  Example example;
  CLI::App app;
  add_option_flags(app, option_fields(example));
  app.parse("--lr 0.5 --width 8 --no-prenorm --init lin");
  CHECK(example.lr == 0.5);
  CHECK(example.width == 8);
  CHECK(!example.prenorm);
  CHECK(example.init == "lin");
  CHECK(app.help().find("N=64") != std::string::npos);  // the default as it was
  CHECK_THROWS_WITH(app.parse("--init x"), "--init: 'x', expected legs|lin");
  CHECK_THROWS_WITH(app.parse("--lr x"), "--lr: 'x' is not a number");
}

TEST_CASE("option flags: what the verb has already stays its own") {
  Example example;
  CLI::App app;
  double own = 0;
  app.add_option("--lr", own);
  add_option_flags(app, option_fields(example));
  app.parse("--lr 3");
  CHECK(own == 3);
  CHECK(example.lr == 0.1);
}

TEST_CASE("seed: a whole number of 0 or more, up to the last") {
  uint64_t seed = 1;
  CLI::App app;
  add_seed_flag(app, seed);
  app.parse("--seed 18446744073709551615");
  CHECK(seed == 18446744073709551615u);
  CHECK_THROWS_WITH(app.parse("--seed -1"), "--seed: '-1' is not a whole number of 0 or more");
}

TEST_CASE("options from words: values apart or behind =, switches alone or denied") {
  CHECK(options_of({"--lr", "2", "--width=3", "--prenorm", "--init", "lin"}) ==
        Json({{"lr", 2.0}, {"width", 3}, {"prenorm", true}, {"init", "lin"}}));
  CHECK(options_of({"--no-prenorm"}) == Json({{"prenorm", false}}));
  CHECK(options_of({"--prenorm=no"}) == Json({{"prenorm", false}}));
  CHECK(options_of({}) == Json::object());
}

TEST_CASE("options from words: what is wrong is one line") {
  CHECK(message_of({"--widht", "3"}) ==
        "toy: no option '--widht', did you mean 'width'?: offprint show toy lists them");
  CHECK(message_of({"--width"}) == "toy: --width needs a value");
  CHECK(message_of({"--width", "x"}) == "--width: 'x' is not a whole number");
  CHECK(message_of({"word"}) == "toy: 'word' was not expected");
  CHECK(message_of({"--no-width"}).starts_with("toy: no option '--no-width'"));
}
