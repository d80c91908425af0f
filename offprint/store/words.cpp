#include "offprint/store/words.h"

#include "offprint/store/paper_condition.h"
#include "offprint/store/word_index.h"

namespace offprint::store {

const WordIndex& word_index(Dialect dialect) {
  return dialect == Dialect::sqlite ? sqlite_words() : postgres_words();
}

std::vector<Scored> find_words(const Database& database, const WordSearch& search) {
  std::vector<Scored> found;
  database.read([&](Connection& connection) {
    found = word_index(connection.dialect()).find(connection, search);
  });
  return found;
}

int64_t count_with(const Database& database, const Term& term, int64_t most) {
  int64_t count = 0;
  database.read([&](Connection& connection) {
    count = word_index(connection.dialect()).count(connection, term, most);
  });
  return count;
}

std::vector<int64_t> passing(const Database& database, std::span<const int64_t> keys,
                             const PaperFilter& filter) {
  if (filter.empty()) return {keys.begin(), keys.end()};
  const std::string sql = "SELECT 1 FROM papers AS p WHERE p.key = $6" + condition(filter);
  const auto own = condition_arguments(filter);
  std::vector<Value> arguments(own.begin(), own.end());
  arguments.emplace_back();
  std::vector<int64_t> passed;
  database.read([&](Connection& connection) {
    for (const int64_t key : keys) {
      arguments.back() = key;
      connection.run(sql, arguments, [&](const Row&) { passed.push_back(key); });
    }
  });
  return passed;
}

std::optional<Marked> mark_words(const Database& database, int64_t key,
                                 std::span<const Term> terms) {
  std::optional<Marked> marked;
  database.read([&](Connection& connection) {
    marked = word_index(connection.dialect()).mark(connection, key, terms);
  });
  return marked;
}

}  // namespace offprint::store
