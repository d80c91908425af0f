#include "offprint/core/word_diff.h"

#include <algorithm>

namespace offprint {
namespace {

constexpr size_t kMostPairs = 4'000'000;

bool blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

std::vector<DiffWord> words_of(std::string_view text) {
  std::vector<DiffWord> words;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && blank(text[end])) ++end;
    while (end < text.size() && !blank(text[end])) ++end;
    words.push_back({std::string(text.substr(at, end - at)), false});
    at = end;
  }
  return words;
}

}  // namespace

WordDiff word_diff(std::string_view first, std::string_view second) {
  WordDiff d{words_of(first), words_of(second)};
  size_t begin = 0, end = 0;
  const size_t least = std::min(d.a.size(), d.b.size());
  while (begin < least && d.a[begin].text == d.b[begin].text) ++begin;
  while (end < least - begin && d.a[d.a.size() - 1 - end].text == d.b[d.b.size() - 1 - end].text)
    ++end;
  for (auto* words : {&d.a, &d.b}) {
    for (size_t i = 0; i < begin; ++i) (*words)[i].shared = true;
    for (size_t i = 0; i < end; ++i) (*words)[words->size() - 1 - i].shared = true;
  }
  const size_t n = d.a.size() - begin - end, m = d.b.size() - begin - end;
  if (n == 0 || m == 0 || n * m > kMostPairs) return d;
  // length[i][j]: of the longest common subsequence of what follows i and j
  std::vector<std::vector<int>> length(n + 1, std::vector<int>(m + 1));
  const auto same = [&](size_t i, size_t j) { return d.a[begin + i].text == d.b[begin + j].text; };
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;)
      length[i][j] =
          same(i, j) ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
  for (size_t i = 0, j = 0; i < n && j < m;) {
    if (same(i, j))
      d.a[begin + i++].shared = d.b[begin + j++].shared = true;
    else if (length[i + 1][j] >= length[i][j + 1])
      ++i;
    else
      ++j;
  }
  return d;
}

}  // namespace offprint
