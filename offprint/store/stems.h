// A text in the words that a search compares: FTS5's own cutter (porter, unicode61 without
// accents), for databases that have none of their own, so that all find the same.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace offprint::store {

struct Stem {
  std::string text;           // UTF-8, never empty
  size_t begin = 0, end = 0;  // of its word in the text, in bytes
};

std::vector<Stem> stems_of(std::string_view text);

}  // namespace offprint::store
