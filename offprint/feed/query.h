// What a person types into the search box: words, "exact phrases", and filters author:name,
// author:"full name", year:2023, year:2020-2023, runs:yes, topic:"sequence models",
// verdict:holds.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/words.h"

namespace offprint::feed {

struct Query {
  std::vector<store::Term> words;    // one a word as typed: "S4D-LegS" is one
  std::vector<store::Term> phrases;  // without their quotes
  std::vector<std::string> authors;
  store::PaperFilter filter;
  bool open = false;  // the last word may still be growing: nothing stands behind it

  // Words and phrases.
  std::vector<store::Term> terms() const;
  // The words without filters and quotes, for what compares meanings.
  std::string plain_text() const;
  // Neither words nor phrases nor authors.
  bool empty() const { return words.empty() && phrases.empty() && authors.empty(); }
};

// Reads the first 1000 bytes and 32 words; what is no UTF-8 divides words. Throws Error on a
// filter's value: "year 'x', expected year:2023 or year:2020-2023".
Query parse_query(std::string_view text);

}  // namespace offprint::feed
