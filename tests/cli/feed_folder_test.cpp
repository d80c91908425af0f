#include "offprint/cli/feed_folder.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "offprint/core/error.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/store/papers.h"

using namespace offprint;
namespace fs = std::filesystem;

TEST_CASE("feed folder: as given, else the home; opened it holds the founding papers") {
  CHECK(cli::feed_folder({.folder = "x"}) == fs::path("x"));
  CHECK(cli::feed_folder({}) == papers::home_folder());
  const fs::path folder =
      fs::temp_directory_path() / ("offprint_cli_feed_" + std::to_string(getpid()));
  CHECK(store::count_papers(*cli::open_feed({.folder = folder.string()})) == 41);
  CHECK(store::count_papers(*cli::open_feed({.folder = folder.string()})) == 41);
  fs::remove_all(folder);
  CHECK_THROWS_AS(cli::open_feed({.folder = "/proc/nowhere"}), Error);
}
