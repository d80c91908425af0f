// The feed's database as verbs open it: the one that `offprint serve` shows.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "offprint/store/database.h"

namespace CLI {
class App;
}

namespace offprint::cli {

// Where the feed lies, as flags say it.
struct FeedPlace {
  std::string folder = {};    // of the run cards and the database; empty: OFFPRINT_HOME
  std::string database = {};  // another database, as store::Database takes it
};
// Adds --data-dir and --database.
void add_feed_flags(CLI::App& verb, FeedPlace& place);
std::filesystem::path feed_folder(const FeedPlace& place);
// The database, made where it is missing, with the founding papers.
std::unique_ptr<store::Database> open_feed(const FeedPlace& place);

}  // namespace offprint::cli
