#include "offprint/cli/feed_folder.h"

#include <CLI/CLI.hpp>

#include "offprint/core/file.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/web/founding.h"

namespace offprint::cli {

void add_feed_flags(CLI::App& verb, FeedPlace& place) {
  verb.add_option("--data-dir", place.folder,
                  "folder of the database and the run cards; default: OFFPRINT_HOME");
  verb.add_option("--database", place.database,
                  "another database, postgresql://user@host/name; default: a file in that folder");
}

std::filesystem::path feed_folder(const FeedPlace& place) {
  return place.folder.empty() ? papers::home_folder() : std::filesystem::path(place.folder);
}

std::unique_ptr<store::Database> open_feed(const FeedPlace& place) {
  const std::filesystem::path path = feed_folder(place);
  make_folder(path);
  auto database = std::make_unique<store::Database>(
      place.database.empty() ? (path / "offprint.sqlite").string() : place.database);
  web::list_founding(*database);
  return database;
}

}  // namespace offprint::cli
