#include "offprint/data/text_pieces.h"

#include <doctest/doctest.h>

#include <string>

using namespace offprint::data;

namespace {

// The pieces with bars between.
std::string cut(std::string_view text, PieceRules rules) {
  std::string out;
  for (const std::string_view piece : text_pieces(text, rules))
    out += (out.empty() ? "" : "|") + std::string(piece);
  return out;
}

}  // namespace

TEST_CASE("text pieces: GPT-2's pattern, alternative by alternative") {
  const auto rules = PieceRules::gpt2;
  CHECK(cut("Hello world, it's 2024!", rules) == "Hello| world|,| it|'s| 2024|!");
  CHECK(cut("we'll  go", rules) == "we|'ll| | go");  // all spaces but the last
  CHECK(cut("end  ", rules) == "end|  ");            // none to give back to
  CHECK(cut("a\n\nb", rules) == "a|\n|\n|b");
  CHECK(cut("WE'LL", rules) == "WE|'|LL");  // lower case alone
  CHECK(cut("x\xC3\xA9 \xE4\xB8\xAD!?", rules) == "x\xC3\xA9| \xE4\xB8\xAD|!?");
  CHECK(cut("\xC2\xA0"
            "a",
            rules) == "\xC2\xA0|a");  // a space, but not the one that joins
}

TEST_CASE("text pieces: SmolLM's numbers stand alone, and what is around them ends there") {
  CHECK(cut("in 1999,", PieceRules::smollm) == "in| |1|9|9|9|,");
  CHECK(cut("a  7", PieceRules::smollm) == "a|  |7");
}

TEST_CASE("text pieces: Llama 3's and Qwen 2's pattern") {
  CHECK(cut("12345 apples", PieceRules::llama3) == "123|45| apples");
  CHECK(cut("12345", PieceRules::qwen2) == "1|2|3|4|5");
  CHECK(cut("(word) WE'LL", PieceRules::llama3) == "(word|)| WE|'LL");
  CHECK(cut("a \n\n  b", PieceRules::llama3) == "a| \n\n| | b");
  CHECK(cut("x!!\n\ny", PieceRules::qwen2) == "x|!!\n\n|y");
  CHECK(cut("\ta", PieceRules::llama3) == "\ta");
}

TEST_CASE("text pieces: nothing is lost, broken UTF-8 included") {
  const std::string text = "a\xFF\xFE b\xC3 9\xE2\x82";
  for (const auto rules :
       {PieceRules::gpt2, PieceRules::smollm, PieceRules::llama3, PieceRules::qwen2}) {
    std::string whole;
    for (const std::string_view piece : text_pieces(text, rules)) whole += piece;
    CHECK(whole == text);
    CHECK(text_pieces("", rules).empty());
  }
}
