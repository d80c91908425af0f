#include "offprint/store/database.h"

#include "offprint/core/error.h"
#include "offprint/store/connection.h"
#include "offprint/store/postgres.h"
#include "offprint/store/schema.h"
#include "offprint/store/sqlite.h"

namespace offprint::store {
namespace {

constexpr size_t kIdleReaders = 16;

std::string checked(const std::string& location) {
  require(!location.empty(),
          "store: no database named, expected the path of a file or postgresql://user@host/name");
  if (location.starts_with("sqlite:")) return location.substr(7);
  const size_t scheme = location.find("://");
  if (scheme != location.npos && !is_postgres(location))
    fail(
        "store: no database of kind '{}' is known, expected the path of an SQLite file or "
        "postgresql://user@host/name",
        location.substr(0, scheme));
  return location;
}

void check_sqlite(Connection& connection, const std::string& name) {
  std::string found;
  connection.run("PRAGMA integrity_check(1)", {}, [&](const Row& row) { found = row.text(0); });
  // "*** in database main ***\nPage 12: ...": the second line says what.
  const std::string what = found.substr(found.find('\n') + 1);
  require(found == "ok", "store: {} is damaged ({}); put a copy in its place", name, what);
  connection.run("PRAGMA foreign_key_check", {}, [&](const Row& row) {
    fail("store: {} is damaged (a row of {} refers to nothing)", name, row.text(0));
  });
}

// The server checks what it reads (a page's checksum, a row's form): so each row is read whole.
void check_postgres(Connection& connection) {
  std::vector<std::string> tables;
  connection.run("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", {},
                 [&](const Row& row) { tables.emplace_back(row.text(0)); });
  for (const std::string& table : tables)
    connection.number("SELECT count(length(t::text)) FROM " + table + " AS t");
}

}  // namespace

bool is_postgres(const std::string& location) {
  return location.starts_with("postgresql://") || location.starts_with("postgres://");
}

std::unique_ptr<Connection> open_connection(const std::string& location, Access access) {
  return is_postgres(location) ? open_postgres(location, access) : open_sqlite(location, access);
}

void in_transaction(Connection& connection, const std::function<void(Connection&)>& work) {
  connection.begin();
  try {
    work(connection);
    connection.end(true);
  } catch (...) {
    try {
      connection.end(false);
    } catch (const Error&) {  // a full disk, a damaged file or a lost server has undone it already
    }
    throw;
  }
}

Database::Database(const std::string& location)
    : location_(checked(location)),
      name_(is_postgres(location_) ? without_secrets(location_) : location_),
      writer_(open_connection(location_, Access::write)) {
  migrate(*writer_, name_);
}

Database::~Database() = default;

void Database::write(const std::function<void(Connection&)>& work) {
  const std::scoped_lock lock(writing_);
  in_transaction(*writer_, work);
}

void Database::read(const std::function<void(Connection&)>& work) const {
  std::unique_ptr<Connection> reader = take_reader();
  work(*reader);  // one that threw is closed: it may be what is wrong
  give_back(std::move(reader));
}

// Never waits: a reader that reads inside a reader would wait for itself.
std::unique_ptr<Connection> Database::take_reader() const {
  {
    const std::scoped_lock lock(pool_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return open_connection(location_, Access::read);
}

void Database::give_back(std::unique_ptr<Connection> reader) const {
  const std::scoped_lock lock(pool_);
  if (idle_.size() < kIdleReaders) idle_.push_back(std::move(reader));
}

void Database::check_whole() const {
  read([&](Connection& connection) {
    if (connection.dialect() == Dialect::sqlite)
      check_sqlite(connection, name_);
    else
      check_postgres(connection);
  });
}

}  // namespace offprint::store
