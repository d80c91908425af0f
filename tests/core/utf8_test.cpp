#include "offprint/core/utf8.h"

#include <doctest/doctest.h>

using namespace offprint;

TEST_CASE("display_width: combining marks take none, wide characters two, broken bytes one") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("😀") == 2);
  CHECK(display_width("\xff\xc3") == 2);
}

TEST_CASE("clip_to_width: never breaks a character or exceeds the width") {
  CHECK(clip_to_width("日本", 3) == "日");
  CHECK(clip_to_width("naïve", 3) == "naï");
  CHECK(shorten_to_width("abcdef", 4) == "abc…");
  CHECK(shorten_to_width("abcd", 4) == "abcd");
  CHECK(shorten_to_width("abcd", 0) == "");
}

TEST_CASE("wrap_to_width: words fill lines, breaks stay, a long word is cut") {
  const std::vector<std::string> lines = {"one two", "three", "四四四", "四"};
  CHECK(wrap_to_width("one two three\n四四四四", 7) == lines);
  CHECK(wrap_to_width("", 5) == std::vector<std::string>{""});
}
