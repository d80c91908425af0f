// The database that holds everything: a writer and a pool of readers. Used from any number of
// threads; by several processes at once too. Records and what can be done with them are free
// functions over it: papers.h, votes.h, people.h, subscriptions.h, jobs.h, embeddings.h,
// settings.h.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace offprint::store {

class Connection;

class Database {
 public:
  // The path of an SQLite file, made where it is missing, or "postgresql://user@host:port/name" (a
  // database that exists; what else libpq takes in such an address too). Brought up to the newest
  // schema. Throws Error, one line: damaged, locked, full, not ours to write, not to be reached,
  // newer than this program. No message holds the address's password.
  explicit Database(const std::string& location);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& location() const { return location_; }  // may hold a password

  // For this room's files. `work` gets the writer inside a transaction, which is kept if it returns
  // and undone if it throws; it must not call write() again. Writers wait for each other.
  void write(const std::function<void(Connection&)>& work);
  // `work` gets a reader of its own, which sees what was written before; it may call read() again.
  void read(const std::function<void(Connection&)>& work) const;

  // Throws Error where it is damaged; reads all of it.
  void check_whole() const;

 private:
  std::unique_ptr<Connection> take_reader() const;
  void give_back(std::unique_ptr<Connection> reader) const;

  std::string location_, name_;
  std::unique_ptr<Connection> writer_;
  std::mutex writing_;
  mutable std::mutex pool_;
  mutable std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace offprint::store
