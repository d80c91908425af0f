#include "offprint/data/corpus.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

TEST_CASE("corpus: bytes become tokens and text again, broken UTF-8 shows as such") {
  const Corpus c = bytes_corpus("h\xC3\xA9!", "here");
  CHECK(c.tokens.equal(at::tensor({104, 195, 169, 33}, at::kLong)));
  CHECK(text_of_tokens(c.tokens) == "h\xC3\xA9!");
  CHECK(text_of_tokens(c.tokens.narrow(0, 0, 2)) == "h\xEF\xBF\xBD");
}

TEST_CASE("corpus: the end is held out; a text too short says how long it must be") {
  const Corpus c = bytes_corpus(std::string(100, 'x') + std::string(10, 'y'), "here");
  const auto [text, held_out] = split_corpus(c, 0.1, 5);
  CHECK(text.size(0) == 99);
  CHECK(held_out.size(0) == 11);
  CHECK_THROWS_WITH_AS(split_corpus(c, 0.1, 20),
                       "here: 110 tokens, expected at least 201: each of both parts holds 20",
                       Error);
  CHECK_THROWS_AS(split_corpus(c, 1.0, 5), Error);
  CHECK_THROWS_WITH_AS(bytes_corpus("", "here"), "here: empty, expected text", Error);
}
