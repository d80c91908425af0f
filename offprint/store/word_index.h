// The index of words that words.h searches, where databases differ most: FTS5's in SQLite, vectors
// of words in PostgreSQL. Both cut texts into the same words (stems.h). For this room's files.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "offprint/store/connection.h"
#include "offprint/store/paper.h"
#include "offprint/store/words.h"

namespace offprint::store {

// Stateless: safe from any thread. What the searches mean stands in words.h.
class WordIndex {
 public:
  virtual ~WordIndex() = default;
  virtual void add(Connection& connection, const Paper& paper) const = 0;
  // The paper's words must be as they went in.
  virtual void remove(Connection& connection, const Paper& paper) const = 0;
  virtual std::vector<Scored> find(Connection& connection, const WordSearch& search) const = 0;
  virtual int64_t count(Connection& connection, const Term& term, int64_t most) const = 0;
  virtual std::optional<Marked> mark(Connection& connection, int64_t key,
                                     std::span<const Term> terms) const = 0;
};

const WordIndex& word_index(Dialect dialect);
const WordIndex& sqlite_words();
const WordIndex& postgres_words();

}  // namespace offprint::store
