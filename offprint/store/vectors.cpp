#include "offprint/store/vectors.h"

#include <fmt/format.h>

#include "offprint/store/connection.h"
#include "offprint/store/paper_row.h"

namespace offprint::store {
namespace {
constexpr int64_t kVectorsAtOnce = 20000;
}

void put_vectors(Database& database, std::span<const PaperVector> vectors) {
  database.write([&](Connection& connection) {
    // Counted apart: the newest vector may have been deleted since, and stamps must rise.
    int64_t stamp = connection.number("SELECT value FROM settings WHERE name = 'vector stamp'");
    for (const PaperVector& vector : vectors)
      connection.run(
          "INSERT INTO vectors(paper, stamp, bytes) SELECT key, $2, $3 FROM papers WHERE key = $1 "
          "ON CONFLICT(paper) DO UPDATE SET stamp = excluded.stamp, bytes = excluded.bytes",
          {vector.key, ++stamp, Blob{vector.bytes}});
    connection.run(
        "INSERT INTO settings(name, value) VALUES('vector stamp', $1) ON CONFLICT(name) DO UPDATE "
        "SET value = excluded.value",
        {std::to_string(stamp)});
  });
}

int64_t each_vector(const Database& database, int64_t after,
                    const std::function<void(int64_t key, std::string_view bytes)>& use) {
  // In parts: an answer may be held in memory as a whole.
  for (int64_t rows = kVectorsAtOnce; rows == kVectorsAtOnce;) {
    rows = 0;
    database.read([&](Connection& connection) {
      connection.run(
          "SELECT stamp, paper, bytes FROM vectors WHERE stamp > $1 ORDER BY stamp LIMIT $2",
          {after, kVectorsAtOnce}, [&](const Row& row) {
            after = row.integer(0), ++rows;
            use(row.integer(1), row.text(2));
          });
    });
  }
  return after;
}

std::string vector_of(const Database& database, int64_t key) {
  std::string bytes;
  database.read([&](Connection& connection) {
    connection.run("SELECT bytes FROM vectors WHERE paper = $1", {key},
                   [&](const Row& row) { bytes = row.text(0); });
  });
  return bytes;
}

int64_t count_vectors(const Database& database) {
  int64_t count = 0;
  database.read(
      [&](Connection& connection) { count = connection.number("SELECT count(*) FROM vectors"); });
  return count;
}

void forget_vectors(Database& database) {
  database.write([](Connection& connection) { connection.run("DELETE FROM vectors"); });
}

std::vector<Paper> papers_without_vector(const Database& database, int64_t after, int64_t limit) {
  static const std::string sql =
      fmt::format("SELECT {} FROM papers WHERE", kPaperColumns) +
      " key > $1 AND NOT EXISTS (SELECT 1 FROM vectors WHERE paper = key) "
      "ORDER BY key LIMIT $2";
  std::vector<Paper> papers;
  database.read([&](Connection& connection) {
    connection.run(sql, {after, limit}, [&](const Row& row) { papers.push_back(read_paper(row)); });
  });
  return papers;
}

}  // namespace offprint::store
