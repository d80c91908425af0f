#include <fmt/format.h>

#include "offprint/core/error.h"
#include "offprint/store/connection.h"
#include "offprint/store/paper_condition.h"
#include "offprint/store/paper_row.h"
#include "offprint/store/papers.h"

namespace offprint::store {
namespace {

constexpr int64_t kFreshSeconds = 7 * 86400;
constexpr int64_t kMostOffset = 1000000000;

// After the filter's five: $6 from, $7 until, $8 limit, $9 offset, $10 now
std::string conditions(const PaperList& list) {
  return "p.listed_at >= $6 AND p.listed_at < $7" + condition(list.filter);
}

constexpr const char* kNewest = "listed_at DESC, published_at DESC, key DESC";

// Keys. Without votes, comments and verdicts the score falls with age alone, so that of these
// papers only the newest can be on the page: the others, few, are scored one by one.
std::string trending(const std::string& where) {
  const std::string active = "(upvotes > 0 OR comment_count > 0 OR verdicts_at > 0)";
  const std::string part = fmt::format(
      "SELECT key, listed_at, published_at, upvotes, comment_count, holds, fails, verdicts_at FROM "
      "papers AS p WHERE {}",
      where);
  const std::string quiet = fmt::format(
      "SELECT * FROM ({} AND NOT {} ORDER BY {} LIMIT $8 + $9) AS quiet", part, active, kNewest);
  const std::string interest = fmt::format(
      "(1 + upvotes + 2 * comment_count + CASE WHEN verdicts_at > $10 - {} THEN 3 * (holds + "
      "fails) "
      "ELSE 0 END)",
      kFreshSeconds);
  const std::string hours =
      "CASE WHEN listed_at < $10 THEN CAST($10 - listed_at AS DOUBLE PRECISION) / 3600 ELSE 0 END";
  return fmt::format(
      "SELECT key FROM ({} AND {} UNION ALL {}) AS found ORDER BY {} / power({} + 2, 1.5) DESC, {} "
      "LIMIT $8 OFFSET $9",
      part, active, quiet, interest, hours, kNewest);
}

std::string by_index(const std::string& where, Order order) {
  return fmt::format("SELECT {} FROM papers AS p WHERE {} ORDER BY {}{} LIMIT $8 OFFSET $9",
                     kPaperColumns, where, order == Order::votes ? "upvotes DESC, " : "", kNewest);
}

}  // namespace

std::vector<Paper> list_papers(const Database& database, const PaperList& list) {
  require(list.offset >= 0 && list.offset <= kMostOffset && list.limit >= 0 &&
              list.limit <= kMostOffset,
          "list of papers: offset {} and limit {}, expected 0 .. {}", list.offset, list.limit,
          kMostOffset);
  const auto filter = condition_arguments(list.filter);
  std::vector<Value> arguments(filter.begin(), filter.end());
  for (const int64_t value : {list.from, list.until, list.limit, list.offset, list.now})
    arguments.push_back(value);
  const std::string where = conditions(list);
  std::vector<Paper> papers;
  std::vector<int64_t> keys;
  database.read([&](Connection& connection) {
    if (list.order == Order::trending)
      connection.run(trending(where), arguments,
                     [&](const Row& row) { keys.push_back(row.integer(0)); });
    else
      connection.run(by_index(where, list.order), arguments,
                     [&](const Row& row) { papers.push_back(read_paper(row)); });
  });
  return list.order == Order::trending ? papers_of(database, keys) : papers;
}

}  // namespace offprint::store
