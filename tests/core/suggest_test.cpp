#include "offprint/core/suggest.h"

#include <doctest/doctest.h>

using namespace offprint;

TEST_CASE("suggest: distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("load", "load") == 0);
  CHECK(edit_distance("laod", "load") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("suggest: the nearest word if it is near, or the one that begins so, else none") {
  const std::vector<std::string> known = {"hippo", "s4d", "spacetime"};
  CHECK(nearest_word("hipo", known) == "hippo");
  CHECK(nearest_word("HIPPO", known) == "hippo");
  CHECK(nearest_word("space", known) == "spacetime");
  CHECK_FALSE(nearest_word("transformer", known).has_value());
  CHECK_FALSE(nearest_word("", known).has_value());
  CHECK(did_you_mean("s4", known) == ", did you mean 's4d'?");
  CHECK(did_you_mean("transformer", known).empty());
}
