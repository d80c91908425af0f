// Papers by the words they hold: full-text search over title, authors, summary and abstract. Words
// are compared by their stem, without case and accents.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "offprint/store/database.h"
#include "offprint/store/paper_filter.h"

namespace offprint::store {

// A word, or several that must follow each other. Signs that are no letters or digits only divide.
struct Term {
  std::string text;
  bool prefix = false;  // the last word may go on
};

struct WordSearch {
  std::vector<Term> terms;
  bool all = true;                        // papers with every term, or with at least one
  std::vector<std::string> authors = {};  // each must stand in the authors, words in this order
  PaperFilter filter = {};
  int64_t limit = 100;
};

struct Scored {
  int64_t key = 0;   // of the paper
  double score = 0;  // BM25 with title x 3, authors x 2, in PostgreSQL about so; larger is better
};

// Best first. Nothing where neither terms nor authors name a word.
std::vector<Scored> find_words(const Database& database, const WordSearch& search);

// In how many papers the term occurs, counted up to `most`.
int64_t count_with(const Database& database, const Term& term, int64_t most);

// The keys whose papers pass, in the order given.
std::vector<int64_t> passing(const Database& database, std::span<const int64_t> keys,
                             const PaperFilter& filter);

// A text in pieces, those that a search named marked.
struct Piece {
  std::string text;
  bool marked = false;
  bool operator==(const Piece&) const = default;
};
struct Marked {
  std::vector<Piece> title, authors, summary, abstract;
};
// The paper's texts with every word of the search marked; nothing where it holds none of them.
std::optional<Marked> mark_words(const Database& database, int64_t key,
                                 std::span<const Term> terms);

}  // namespace offprint::store
