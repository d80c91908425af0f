#include "offprint/store/sqlite.h"

#include <sqlite3.h>

#include <charconv>
#include <unordered_map>

#include "offprint/core/error.h"

namespace offprint::store {
namespace {

constexpr int kBusyMilliseconds = 10000;
constexpr size_t kKeptStatements = 256;

std::string explain(int code, const std::string& path, const char* message) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fmt::format(
          "store: {} is damaged or no database ({}), expected a file that Offprint wrote; put a "
          "copy in its place",
          path, message);
    case SQLITE_FULL:
      return fmt::format("store: the disk of {} is full; what was stored before is safe", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("store: {} is locked by another program; end it and try again", path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fmt::format(
          "store: {} may not be written ({}), expected a file and folder of this user", path,
          message);
    case SQLITE_CANTOPEN:
      return fmt::format("store: {} cannot be opened ({}), expected a file in a folder that exists",
                         path, message);
    default:
      return fmt::format("store: {}: {}", path, message);
  }
}

[[noreturn]] void fail_with(int code, const std::string& path, const char* message) {
  throw Unavailable(explain(code, path, message));
}

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// A prepared statement and, for each of SQLite's places, which of our $1, $2, ... it is.
struct Statement {
  std::unique_ptr<sqlite3_stmt, Finalize> handle;
  std::vector<size_t> numbers;
};

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(static_cast<const char*>(bytes), size);
  }

 private:
  sqlite3_stmt* statement_;
};

// SQLite's strings outlive the step, as the caller's do.
int bind(sqlite3_stmt* statement, int place, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int place;
    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, place); }
    int operator()(int64_t v) const { return sqlite3_bind_int64(statement, place, v); }
    int operator()(double v) const { return sqlite3_bind_double(statement, place, v); }
    // A null pointer would bind null, also for an empty text.
    int operator()(std::string_view v) const {
      return sqlite3_bind_text64(statement, place, v.empty() ? "" : v.data(), v.size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(Blob v) const {
      return sqlite3_bind_blob64(statement, place, v.bytes.empty() ? "" : v.bytes.data(),
                                 v.bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, place}, value);
}

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const std::filesystem::path& path, Access access) : path_(path.string()) {
    const int kind =
        access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &opened, kind | SQLITE_OPEN_NOMUTEX, nullptr);
    db_.reset(opened);
    if (code != SQLITE_OK) fail_with(code, path_, opened ? sqlite3_errmsg(opened) : "no memory");
    sqlite3_busy_timeout(opened, kBusyMilliseconds);
    sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    run_script("PRAGMA foreign_keys=ON; PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY;");
    if (access == Access::write)
      run_script(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA "
          "wal_autocheckpoint=8000;");
    else
      run_script("PRAGMA cache_size=-8192;");
  }

  Dialect dialect() const override { return Dialect::sqlite; }

  using Connection::run;
  int64_t run(std::string_view sql, std::span<const Value> arguments, const Use& use) override {
    Statement* kept = prepared(sql);
    // A statement that is being stepped further out cannot be started again.
    Statement own;
    if (sqlite3_stmt_busy(kept->handle.get()) != 0) own = prepare(sql), kept = &own;
    sqlite3_stmt* statement = kept->handle.get();
    const std::unique_ptr<sqlite3_stmt, Reset> reset(statement);
    for (size_t i = 0; i < kept->numbers.size(); ++i)
      check(bind(statement, static_cast<int>(i) + 1, arguments[kept->numbers[i] - 1]));
    const SqliteRow row(statement);
    const int64_t before = sqlite3_total_changes64(db_.get());
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
      if (use) use(row);
    if (code != SQLITE_DONE) check(code);
    return sqlite3_total_changes64(db_.get()) == before ? 0 : sqlite3_changes64(db_.get());
  }

  void run_script(const std::string& sql) override {
    check(sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr));
  }

  void begin() override { run("BEGIN IMMEDIATE"); }
  void end(bool keep) override { run(keep ? "COMMIT" : "ROLLBACK"); }

 private:
  struct Reset {
    void operator()(sqlite3_stmt* statement) const {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  };

  void check(int code) const {
    if (code != SQLITE_OK) fail_with(code, path_, sqlite3_errmsg(db_.get()));
  }

  Statement prepare(std::string_view sql) const {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                             SQLITE_PREPARE_PERSISTENT, &made, nullptr));
    Statement statement{std::unique_ptr<sqlite3_stmt, Finalize>(made), {}};
    for (int i = 1; i <= sqlite3_bind_parameter_count(made); ++i) {
      const std::string_view name = sqlite3_bind_parameter_name(made, i);  // "$12"
      size_t number = 0;
      std::from_chars(name.data() + 1, name.data() + name.size(), number);
      statement.numbers.push_back(number);
    }
    return statement;
  }

  Statement* prepared(std::string_view sql) {
    const auto found = kept_.find(std::string(sql));
    if (found != kept_.end()) return &found->second;
    if (kept_.size() >= kKeptStatements)
      std::erase_if(kept_, [](const auto& entry) {
        return sqlite3_stmt_busy(entry.second.handle.get()) == 0;
      });
    return &kept_.emplace(sql, prepare(sql)).first->second;
  }

  std::string path_;
  std::unique_ptr<sqlite3, Close> db_;
  std::unordered_map<std::string, Statement> kept_;  // its nodes stay where they are
};

}  // namespace

std::unique_ptr<Connection> open_sqlite(const std::filesystem::path& path, Access access) {
  return std::make_unique<SqliteConnection>(path, access);
}

}  // namespace offprint::store
