#include "offprint/store/hold.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "offprint/core/error.h"
#include "offprint/store/connection.h"

namespace offprint::store {
namespace {

class FileHold final : public Hold {
 public:
  explicit FileHold(int file) : file_(file) {}
  FileHold(const FileHold&) = delete;
  FileHold& operator=(const FileHold&) = delete;
  ~FileHold() override { close(file_); }

 private:
  int file_;
};

// The server's lock is the connection's: this one is for nothing else.
class ConnectionHold final : public Hold {
 public:
  explicit ConnectionHold(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

 private:
  std::unique_ptr<Connection> connection_;
};

std::unique_ptr<Hold> hold_file(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  require(file >= 0, "store: cannot write {}", path);
  auto held = std::make_unique<FileHold>(file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) held = nullptr;
  return held;
}

}  // namespace

std::unique_ptr<Hold> hold(const Database& database, std::string_view work) {
  const std::string& location = database.location();
  if (!is_postgres(location)) return hold_file(location + "." + std::string(work));
  auto connection = open_connection(location, Access::read);
  if (connection->number("SELECT pg_try_advisory_lock(hashtextextended($1, 0))::int", {work}) == 0)
    return nullptr;
  return std::make_unique<ConnectionHold>(std::move(connection));
}

}  // namespace offprint::store
