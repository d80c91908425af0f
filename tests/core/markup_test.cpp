#include "offprint/core/markup.h"

#include <doctest/doctest.h>

using namespace offprint;

TEST_CASE("escape_markup: what could be a tag or end an attribute is escaped") {
  CHECK(escape_markup("<a href=\"x\">'&") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  CHECK(escape_markup("naïve 日本\n") == "naïve 日本\n");
}

TEST_CASE("escape_markup: broken UTF-8 and forbidden controls are replaced") {
  CHECK(escape_markup(std::string_view("\xff\x00\x1b", 3)) == "\uFFFD\uFFFD\uFFFD");
}
