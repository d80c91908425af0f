#include "offprint/core/word_diff.h"

#include <doctest/doctest.h>

#include "offprint/core/rng.h"

using namespace offprint;

namespace {

std::string marked(const std::vector<DiffWord>& words) {
  std::string text;
  for (const DiffWord& word : words) text += word.shared ? word.text : "[" + word.text + "]";
  return text;
}

std::string shared(const std::vector<DiffWord>& words) {
  std::string text;
  for (const DiffWord& word : words)
    if (word.shared) text += word.text + "|";
  return text;
}

}  // namespace

TEST_CASE("word diff: by hand") {
  const WordDiff d = word_diff("the old cat sat down", "the cat sat up  there");
  CHECK(marked(d.a) == "the[ old] cat sat[ down]");
  CHECK(marked(d.b) == "the cat sat[ up][  there]");
  CHECK(marked(word_diff("a b", "").a) == "[a][ b]");
  CHECK(word_diff("", "").a.empty());
  CHECK(marked(word_diff("same\n", "same\n").b) == "same\n");
}

TEST_CASE("word diff: both texts stay whole, and what is shared is the same in both") {
  Rng rng(1);
  const auto text = [&] {
    std::string words;
    for (int64_t i = rng.integer(20); i > 0; --i)
      words += " " + std::string(1, "abc"[rng.integer(3)]);
    return words;
  };
  for (int i = 0; i < 200; ++i) {
    const std::string a = text(), b = text();
    const WordDiff d = word_diff(a, b);
    std::string whole_a, whole_b;
    for (const DiffWord& word : d.a) whole_a += word.text;
    for (const DiffWord& word : d.b) whole_b += word.text;
    CHECK(whole_a == a);
    CHECK(whole_b == b);
    CHECK(shared(d.a) == shared(d.b));
  }
}
