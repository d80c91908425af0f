#include "offprint/store/database.h"

#include <atomic>
#include <fstream>
#include <thread>

#include "offprint/store/connection.h"
#include "offprint/store/schema.h"
#include "offprint/store/sqlite.h"
#include "tests/places.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::tests;
using namespace offprint::store;

namespace {

// Every table, index and trigger as SQLite keeps it, without what it makes by itself.
std::string schema_of(const std::string& path) {
  std::string all;
  open_sqlite(path, Access::read)
      ->run("SELECT type, name, sql FROM sqlite_master ORDER BY type, name", {},
            [&](const Row& row) {
              for (int i = 0; i < 3; ++i) all += std::string(row.text(i)) + "\n";
            });
  return all;
}

}  // namespace

TEST_CASE("schema: a file of every earlier version comes to the newest form with what it held") {
  const ScratchSqlite fresh;
  const std::string newest = schema_of(fresh.database.location());
  for (size_t version = 1; version < sqlite_steps().size(); ++version) {
    CAPTURE(version);
    const data::Scratch scratch;
    const std::string path = (scratch / "old.db").string();
    {
      const auto old = open_sqlite(path, Access::write);
      migrate(*old, path, version);
      CHECK(old->number("PRAGMA user_version") == static_cast<int64_t>(version));
      old->run(
          "INSERT INTO papers(id, title, authors, author_count, organisation, summary, abstract, "
          "published_at, listed_at, updated_at, version, categories, topic, links, submitter, "
          "withdrawn, votes_elsewhere, comments_elsewhere, upvotes, comment_count) VALUES('1', "
          "'Old', 'A', 1, '', '', '', 1, 2, 3, 1, '', '', '', '', 0, 0, 0, 5, 0)");
    }
    const Database database(path);
    CHECK(schema_of(path) == newest);
    const auto found = find_paper(database, "1");
    REQUIRE(found);
    CHECK(found->title == "Old");
    CHECK(found->upvotes == 5);
    database.check_whole();
  }
}

TEST_CASE("schema: a file of a newer program is refused and left alone") {
  const data::Scratch scratch;
  const std::string path = (scratch / "new.db").string();
  open_sqlite(path, Access::write)->run_script("PRAGMA user_version=900");
  CHECK(data::message_of(scratch, [&] { Database{path}; }) ==
        fmt::format("store: new.db has schema 900, expected at most {}: a newer Offprint wrote it",
                    sqlite_steps().size()));
  CHECK(open_sqlite(path, Access::read)->number("PRAGMA user_version") == 900);
}

TEST_CASE("database: one that is reopened has everything, its files are sound") {
  const data::Scratch scratch;
  const std::string path = (scratch / "feed.db").string();
  for (int i = 0; i < 3; ++i) {
    Database database("sqlite:" + path);
    CHECK(count_papers(database) == i);
    put(database, {paper(std::to_string(i), "T")});
    database.check_whole();
  }
}

TEST_CASE("database: damaged, foreign and unreachable files are one clear Error each") {
  const data::Scratch scratch;
  const auto message = [&](const std::string& path) {
    return data::message_of(scratch, [&] { Database{path}; });
  };
  const auto text = scratch.write("text.db", std::string(5000, 'x')).string();
  CHECK(message(text).starts_with("store: text.db is damaged or no database"));
  CHECK(
      message((scratch / "no/such.db").string()).starts_with("store: no/such.db cannot be opened"));
  CHECK(message("mysql://host/db").starts_with("store: no database of kind 'mysql' is known"));
  CHECK(message("").starts_with("store: no database named"));
  const std::string path = (scratch / "feed.db").string();
  {
    Database database(path);
    std::vector<Paper> many;
    for (int i = 0; i < 500; ++i) many.push_back(paper(std::to_string(i), std::string(400, 'a')));
    put(database, many);
  }
  std::string bytes = read_file(path);
  for (size_t i = 8192; i < bytes.size(); i += 7) bytes[i] = '#';
  write_file(path, bytes);
  CHECK(data::message_of(scratch, [&] {
          const Database database(path);
          database.check_whole();
          each_paper(database, [](const Paper&) {});
        }).starts_with("store: feed.db is damaged"));
}

TEST_CASE("database: a full disk is said, and what was stored before is there") {
  ScratchSqlite db;
  put(db, {paper("1", "A")});
  db.database.write([](Connection& c) {
    const int64_t pages = c.number("PRAGMA page_count");
    c.run_script(fmt::format("PRAGMA max_page_count={}", pages + 1));
  });
  std::vector<Paper> many;
  for (int i = 2; i < 500; ++i) many.push_back(paper(std::to_string(i), std::string(400, 'a')));
  CHECK(data::message_of(db.scratch, [&] { put(db, many); }) ==
        "store: the disk of feed.db is full; what was stored before is safe");
  CHECK(count_papers(db) == 1);
  db.database.write([](Connection& c) { c.run_script("PRAGMA max_page_count=100000"); });
  CHECK(put(db, many).added == 498);
  db.database.check_whole();
}

TEST_CASE("database: a reader may read in the middle of reading, a failed write leaves nothing") {
  ScratchDatabase db;
  put(db, {paper("1", "A"), paper("2", "B")});
  int64_t inner = 0;
  db.database.read([&](Connection& c) {
    c.run("SELECT key FROM papers", {}, [&](const Row&) {
      c.run("SELECT key FROM papers", {}, [&](const Row&) { ++inner; });
      inner += 10 * count_papers(db);
    });
  });
  CHECK(inner == 44);
  CHECK_THROWS_AS(db.database.write([](Connection& c) {
    c.run("DELETE FROM papers");
    fail("second thoughts");
  }),
                  Error);
  CHECK(count_papers(db) == 2);
}

TEST_CASE("database: eight threads read and write, nothing is lost and no reader sees half") {
  ScratchDatabase db;
  std::atomic<int> torn = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string id = fmt::format("{}-{}", t, i);
        put(db, {paper(id + "a", "T"), paper(id + "b", "T")});
        if (count_papers(db) % 2 != 0 || !find_paper(db, id + "b")) ++torn;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(torn == 0);
  CHECK(count_papers(db) == 400);
  db.database.check_whole();
}

TEST_CASE("store: no other room includes its SQL") {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_folder() / "offprint")) {
    const auto& path = entry.path();
    if (!entry.is_regular_file() || path.parent_path().filename() == "store") continue;
    const std::string text = read_file(path);
    for (const char* header :
         {"store/connection.h", "store/sqlite.h", "store/postgres.h", "store/paper_row.h",
          "store/word_index.h", "sqlite3.h", "libpq-fe.h"})
      CHECK_MESSAGE(text.find(header) == text.npos, path.string(), " includes ", header);
  }
}
