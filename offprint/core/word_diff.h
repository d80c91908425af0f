// What two texts share, word by word: a longest common subsequence.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace offprint {

// A word with the blanks before it; in both texts or in one alone.
struct DiffWord {
  std::string text;
  bool shared = false;
};
struct WordDiff {
  std::vector<DiffWord> a, b;  // each text in whole, in order
};
// Quadratic in what lies between the common beginning and end; beyond 4 million pairs of words all
// of that counts as different.
WordDiff word_diff(std::string_view a, std::string_view b);

}  // namespace offprint
