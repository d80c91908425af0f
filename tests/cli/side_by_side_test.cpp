#include "offprint/cli/side_by_side.h"

#include <doctest/doctest.h>

using namespace offprint::cli;

TEST_CASE("side by side: columns line up, marks stand around what is in one text alone") {
  CHECK(side_by_side("was", "the old cat sat", "is", "the young dog sat", {.width = 59}) ==
        "was                          | is\n"
        "the [-old cat-] sat          | the {+young dog+} sat\n");
  CHECK(side_by_side("a", "one two", "b", "one two", {.width = 43}) ==
        "a                    | b\n"
        "one two              | one two\n");
}

TEST_CASE("side by side: long texts fill lines, line breaks stay, one may be longer") {
  CHECK(side_by_side("a", "12345 78901 34567 9012", "b", "x\ny", {.width = 43}) ==
        "a                    | b\n"
        "[-12345 78901 34567  | {+x\n"
        "9012-]               | y+}\n");
}

TEST_CASE("side by side: colours take no columns") {
  CHECK(side_by_side("a", "x same", "b", "y same", {.width = 43, .colours = true}) ==
        "a                    | b\n"
        "\x1b[31mx\x1b[0m same               | \x1b[32my\x1b[0m same\n");
}
