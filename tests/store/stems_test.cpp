#include "offprint/store/stems.h"

#include <doctest/doctest.h>

using namespace offprint::store;

TEST_CASE("stems: words without case, accents and endings, each with its place in the text") {
  const std::string text = "Schrödinger's DIFFUSING, state-spaces 2312.00752";
  std::vector<std::string> stems, words;
  for (const Stem& stem : stems_of(text)) {
    stems.push_back(stem.text);
    words.push_back(text.substr(stem.begin, stem.end - stem.begin));
  }
  CHECK(stems ==
        std::vector<std::string>{"schroding", "s", "diffus", "state", "space", "2312", "00752"});
  CHECK(words == std::vector<std::string>{"Schrödinger", "s", "DIFFUSING", "state", "spaces",
                                          "2312", "00752"});
  CHECK(stems_of("").empty());
  CHECK(stems_of("... !? \"").empty());
}
