#include "offprint/papers/card_shelf.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "offprint/core/error.h"
#include "offprint/core/file.h"

using namespace offprint;
using namespace offprint::papers;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / "offprint_card_shelf_test";
  Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

RunCard card_of(const char* slug, const char* scale, uint64_t seed, const char* started) {
  RunCard card;
  card.slug = slug, card.scale = scale, card.seed = seed, card.started = started;
  return card;
}

}  // namespace

TEST_CASE("card shelf: cards come back, newest first, a rerun replaces its card") {
  const Folder folder;
  const CardShelf shelf(folder.path);
  CHECK(shelf.all().cards.empty());
  shelf.put(card_of("s4d", "quick", 1, "2025-01-01T00:00:00Z"));
  shelf.put(card_of("hippo", "quick", 1, "2025-01-02T00:00:00Z"));
  shelf.put(card_of("s4d", "quick", 1, "2025-01-03T00:00:00Z"));
  shelf.put(card_of("s4d", "quick", 2, "2025-01-04T00:00:00Z"));
  RunCard other = card_of("s4d", "quick", 2, "2025-01-05T00:00:00Z");
  other.options = {{"seeds", 9}};
  shelf.put(other);
  const auto all = shelf.all();
  REQUIRE(all.cards.size() == 4);
  CHECK(all.cards[0].started == "2025-01-05T00:00:00Z");
  CHECK(all.cards[3].slug == "hippo");
  CHECK(shelf.of("s4d").cards.size() == 3);
  CHECK(shelf.of("../s4d").cards.empty());
}

TEST_CASE("card shelf: the best card is of the largest scale, the newest of those") {
  const Folder folder;
  const CardShelf shelf(folder.path);
  CHECK(!shelf.best("s4d"));
  shelf.put(card_of("s4d", "quick", 1, "2025-01-09T00:00:00Z"));
  shelf.put(card_of("s4d", "standard", 1, "2025-01-02T00:00:00Z"));
  shelf.put(card_of("s4d", "standard", 2, "2025-01-03T00:00:00Z"));
  CHECK(shelf.best("s4d")->started == "2025-01-03T00:00:00Z");
}

TEST_CASE("card shelf: a broken file is a line, not the end of the others") {
  const Folder folder;
  const CardShelf shelf(folder.path);
  const fs::path file = shelf.put(card_of("s4d", "quick", 1, "2025-01-01T00:00:00Z"));
  write_file(file.parent_path() / "broken.json", "{\"slug\": ");
  const auto all = shelf.all();
  CHECK(all.cards.size() == 1);
  REQUIRE(all.problems.size() == 1);
  CHECK(all.problems[0].find("broken.json: line 1") != std::string::npos);
}

TEST_CASE("card shelf: a slug is no path, a folder that cannot be made is one line") {
  const Folder folder;
  CHECK_THROWS_WITH(CardShelf(folder.path).put(card_of("../evil", "quick", 1, "")),
                    "run card: slug '../evil', expected letters, digits and dashes");
  write_file(folder.path, "a file in the way");
  CHECK_THROWS_AS(CardShelf(folder.path).put(card_of("s4d", "quick", 1, "")), Error);
}

TEST_CASE("home folder: OFFPRINT_HOME before XDG_DATA_HOME before HOME") {
  const std::string home = getenv("HOME") ? getenv("HOME") : "";
  setenv("HOME", "/h", 1);
  unsetenv("OFFPRINT_HOME");
  unsetenv("XDG_DATA_HOME");
  CHECK(home_folder() == "/h/.local/share/offprint");
  setenv("XDG_DATA_HOME", "/x", 1);
  CHECK(home_folder() == "/x/offprint");
  setenv("OFFPRINT_HOME", "/o", 1);
  CHECK(home_folder() == "/o");
  unsetenv("OFFPRINT_HOME");
  unsetenv("XDG_DATA_HOME");
  unsetenv("HOME");
  CHECK_THROWS_WITH(home_folder(), "no folder to keep run cards in: set OFFPRINT_HOME");
  setenv("HOME", home.c_str(), 1);
}
