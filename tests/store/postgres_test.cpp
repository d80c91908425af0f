#include "offprint/store/postgres.h"

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "offprint/store/schema.h"
#include "offprint/store/settings.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Unavailable& error) {
    return error.what();
  }
  return "";
}

bool has_server() { return PostgresServer::the() != nullptr; }

}  // namespace

TEST_CASE("postgres: messages hold no user, password or option of the address") {
  CHECK(without_secrets("postgresql://ada:s@cret@host:5432/feed?sslmode=require") ==
        "postgresql://host:5432/feed");
  CHECK(without_secrets("postgres:///feed?host=/run") == "postgres:///feed");
  const std::string gone =
      message_of([] { Database("postgresql://ada:secret@127.0.0.1:1/feed?connect_timeout=2"); });
  CHECK(gone.starts_with("store: postgresql://127.0.0.1:1/feed cannot be reached (connection to "));
  CHECK(gone.find("secret") == gone.npos);
  CHECK(gone.find('\n') == gone.npos);
  CHECK_THROWS_WITH_AS(Database("postgresql://ada:sec%ret@127.0.0.1:1/feed"),
                       "store: postgresql://127.0.0.1:1/feed is no address, expected "
                       "postgresql://user@host:port/name",
                       Error);
}

TEST_CASE("connection: values come back as they went in, readers cannot write") {
  ScratchDatabase db;
  db.database.write([&](Connection& c) {
    c.run_script(std::string("CREATE TABLE sample(i BIGINT, d DOUBLE PRECISION, t TEXT, b ") +
                 (db.is_postgres() ? "BYTEA)" : "BLOB)"));
    const std::string bytes("\0\xff'\\x\0", 6), text = "naïve 'quoted' \\ \"生\"";
    for (const int64_t i : {int64_t{0}, int64_t{-7}, INT64_MIN, INT64_MAX}) {
      CHECK(c.run("INSERT INTO sample(i, d, t, b) VALUES($1, $2, $3, $4)",
                  {i, -0.1, text, Blob{bytes}}) == 1);
      c.run("SELECT i, d, t, b FROM sample WHERE i = $1", {i}, [&](const Row& row) {
        CHECK(row.integer(0) == i);
        CHECK(row.real(1) == -0.1);
        CHECK(row.text(2) == text);
        CHECK(row.text(3) == bytes);
        CHECK(!row.is_null(0));
      });
    }
    c.run("INSERT INTO sample(i, d, t, b) VALUES($1, $2, $3, $4)", {nullptr, 2.0, "", Blob{""}});
    c.run("SELECT i, t, b FROM sample WHERE i IS NULL", {}, [&](const Row& row) {
      CHECK(row.is_null(0));
      CHECK(row.integer(0) == 0);
      CHECK((row.text(1).empty() && row.text(2).empty()));
    });
    CHECK(c.run("UPDATE sample SET d = 1 WHERE i < $1", {int64_t{0}}) == 2);
    CHECK(c.run("SELECT i FROM sample") == 0);
    CHECK(c.number("SELECT count(*) FROM sample") == 5);
  });
  CHECK_THROWS_AS(db.database.read([](Connection& c) { c.run("DELETE FROM sample"); }),
                  Unavailable);
}

TEST_CASE("postgres: text that is none is stored as near as can be") {
  if (!has_server()) return;
  ScratchPostgres scratch;
  Database database(scratch.location());
  set_setting(database, "x", std::string("a\0b\xff\xc3", 5));
  CHECK(setting(database, "x") == "a b\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("postgres: a schema of every earlier version comes to the newest, a newer is refused") {
  if (!has_server()) return;
  for (size_t version = 0; version < postgres_steps().size(); ++version) {
    CAPTURE(version);
    ScratchPostgres scratch;
    const auto connection = open_postgres(scratch.location(), Access::write);
    migrate(*connection, "old", version);
    Database database(scratch.location());
    put(database, {paper("1", "A")});
    CHECK(connection->number("SELECT version FROM schema_version") ==
          static_cast<int64_t>(postgres_steps().size()));
    database.check_whole();
    connection->run_script("UPDATE schema_version SET version = 900");
    CHECK_THROWS_WITH_AS(
        Database{scratch.location()},
        fmt::format("store: postgresql:///{} has schema 900, expected at most {}: a newer Offprint "
                    "wrote it",
                    scratch.name, postgres_steps().size())
            .c_str(),
        Error);
  }
  CHECK(postgres_steps().size() == sqlite_steps().size());
}

TEST_CASE("database: eight that open a new one at once make it once") {
  ScratchSqlite lite;
  std::vector<std::string> locations = {(lite.scratch / "new.db").string()};
  std::optional<ScratchPostgres> scratch;
  if (has_server()) locations.push_back(scratch.emplace().location());
  for (const std::string& location : locations) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        Database database(location);
        put(database, {paper(std::to_string(t), "T")});
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(count_papers(Database(location)) == 8);
  }
}

TEST_CASE(
    "postgres: a writer waits for another process's transaction and then sees what it wrote") {
  if (!has_server()) return;
  ScratchPostgres scratch;
  Database database(scratch.location());
  const auto other = open_postgres(scratch.location(), Access::write);
  other->begin();
  std::atomic<int64_t> seen = -1;
  std::thread writer([&] {
    database.write([&](Connection& c) { seen = c.number("SELECT count(*) FROM papers"); });
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(seen == -1);
  CHECK(count_papers(database) == 0);  // readers do not wait
  other->run(
      "INSERT INTO papers(id, title, authors, author_count, organisation, summary, abstract, "
      "published_at, listed_at, updated_at, version, categories, topic, links, submitter, "
      "withdrawn, votes_elsewhere, comments_elsewhere, upvotes, comment_count) VALUES('1', 'Old', "
      "'A', 1, '', '', '', 1, 2, 3, 1, '', '', '', '', 0, 0, 0, 5, 0)");
  other->end(true);
  writer.join();
  CHECK(seen == 1);
}

TEST_CASE("postgres: a connection lost in a transaction undoes it, the next one is made anew") {
  if (!has_server()) return;
  ScratchPostgres scratch;
  Database database(scratch.location());
  CHECK(message_of([&] {
          database.write([&](Connection& c) {
            c.run("INSERT INTO settings(name, value) VALUES('x', '1')");
            c.run("SELECT pg_terminate_backend(pg_backend_pid())");
          });
        }).starts_with("store: postgresql:///" + scratch.name + " cannot be reached"));
  CHECK(!setting(database, "x"));
  set_setting(database, "x", "2");
  CHECK(setting(database, "x") == "2");
}

TEST_CASE("postgres: a server that is killed and started anew has all, and is found again") {
  if (!has_server()) return;
  ScratchPostgres scratch;
  Database database(scratch.location());
  for (int i = 0; i < 3; ++i) {
    set_setting(database, "x", std::to_string(i));
    CHECK(setting(database, "x") == std::to_string(i));
    scratch.server.stop();
    CHECK(message_of([&] { setting(database, "x"); }).find("cannot be reached") !=
          std::string::npos);
    CHECK(message_of([&] { set_setting(database, "x", "no"); }).find("cannot be reached") !=
          std::string::npos);
    scratch.server.start();
    CHECK(setting(database, "x") == std::to_string(i));
  }
  set_setting(database, "x", "end");
  CHECK(setting(database, "x") == "end");
}
