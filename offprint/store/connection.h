// One connection to a database: SQL in, rows out. Only this room includes this file; everybody else
// speaks in records (papers.h, people.h, jobs.h). Statements are written once for SQLite and
// PostgreSQL: arguments are $1, $2, ..., truth is 0 or 1, new keys come from RETURNING.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace offprint::store {

enum class Access { write, read };
enum class Dialect { sqlite, postgres };

struct Blob {
  std::string_view bytes;
};

// An argument; text is looked at during the call only.
using Value = std::variant<std::nullptr_t, int64_t, double, std::string_view, Blob>;

// A row of an answer, alive during the call that receives it. Columns count from 0; null reads as
// 0 or "".
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  // blobs too
};

// Used by one thread at a time. Every failure is an Error that names the database.
class Connection {
 public:
  using Use = std::function<void(const Row&)>;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual Dialect dialect() const = 0;
  // Runs one statement, prepared once and kept. Returns the number of rows it changed.
  virtual int64_t run(std::string_view sql, std::span<const Value> arguments, const Use& use) = 0;
  // Runs statements without arguments, separated by semicolons.
  virtual void run_script(const std::string& sql) = 0;
  // A transaction: from begin on nobody else writes, in this process or another, until its end.
  // Outside of one, a statement may be asked twice (a lost connection is made anew).
  virtual void begin() = 0;
  virtual void end(bool keep) = 0;

  int64_t run(std::string_view sql, std::initializer_list<Value> arguments = {},
              const Use& use = {}) {
    return run(sql, std::span(arguments.begin(), arguments.size()), use);
  }
  // The first column of the first row; 0 where there is none.
  int64_t number(std::string_view sql, std::initializer_list<Value> arguments = {}) {
    int64_t found = 0;
    run(sql, arguments, [&](const Row& row) { found = row.integer(0); });
    return found;
  }
};

// A database by its location as Database takes it, its address's "sqlite:" cut off.
std::unique_ptr<Connection> open_connection(const std::string& location, Access access);
bool is_postgres(const std::string& location);

// What `work` writes is kept if it returns and undone if it throws.
void in_transaction(Connection& connection, const std::function<void(Connection&)>& work);

}  // namespace offprint::store
