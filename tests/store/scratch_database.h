// Databases that vanish with the test, and papers to put into them.
#pragma once
#include <string>
#include <vector>

#include "offprint/store/papers.h"
#include "tests/data/scratch.h"
#include "tests/store/postgres_server.h"

namespace offprint::store {

struct ScratchSqlite {
  data::Scratch scratch;
  Database database{(scratch / "feed.db").string()};
  operator Database&() { return database; }
};

struct ScratchPostgres {
  PostgresServer& server = *PostgresServer::the();
  std::string name = server.new_database();
  ~ScratchPostgres() { server.run_script("DROP DATABASE " + name + " WITH (FORCE)"); }
  std::string location() const { return server.url(name); }
};

// A database of each kind in turn: the test case that has one runs once for SQLite, and once more
// for PostgreSQL where it can be had. A failure says which.
class ScratchDatabase {
 public:
  data::Scratch scratch;

 private:
  struct Say {
    bool postgres;
    void operator()(std::ostream* out) const { *out << (postgres ? "PostgreSQL" : "SQLite"); }
  };
  static bool choose_postgres() {
    bool chosen = false;
    SUBCASE("SQLite") {}
    if (PostgresServer::the() != nullptr) {
      SUBCASE("PostgreSQL") { chosen = true; }
    }
    return chosen;
  }

  std::optional<ScratchPostgres> postgres_;
  doctest::detail::ContextScope<Say> said_;

 public:
  Database database;
  ScratchDatabase() : ScratchDatabase(choose_postgres()) {}
  operator Database&() { return database; }
  bool is_postgres() const { return postgres_.has_value(); }

 private:
  explicit ScratchDatabase(bool postgres)
      : said_(Say{postgres}),
        database(postgres ? postgres_.emplace().location() : (scratch / "feed.db").string()) {}
};

inline Paper paper(const std::string& id, const std::string& title, int64_t listed_at = 1000) {
  Paper p;
  p.id = id, p.title = title;
  p.listed_at = p.published_at = p.updated_at = listed_at;
  return p;
}

inline PutCount put(Database& database, const std::vector<Paper>& papers) {
  return put_papers(database, papers);
}

inline std::vector<std::string> ids(const std::vector<Paper>& papers) {
  std::vector<std::string> found;
  for (const Paper& p : papers) found.push_back(p.id);
  return found;
}

}  // namespace offprint::store
