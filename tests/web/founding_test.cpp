#include "offprint/web/founding.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "offprint/store/papers.h"

using namespace offprint;
namespace fs = std::filesystem;

TEST_CASE("founding papers: in the store as listed that day, twice is once, and S4D runs") {
  const fs::path file = fs::temp_directory_path() / "offprint_founding_test.sqlite";
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(file.string() + end);
  store::Database database(file.string());
  web::list_founding(database);
  web::list_founding(database);
  CHECK(store::count_papers(database) == 41);
  const auto paper = store::find_paper(database, "s4d");
  REQUIRE(paper);
  CHECK(paper->id == "2206.11893");
  CHECK(paper->runs);
  CHECK(paper->listed_at == 20391 * 86400);     // 2025-10-30
  CHECK(paper->published_at == 19166 * 86400);  // 2022-06-23
  CHECK(paper->links.size() == 3);
  CHECK(!store::find_paper(database, "haf")->runs);
  const store::Paper record = web::record_of(papers::find_paper("introspection"));
  CHECK(record.comments_elsewhere == 11);
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(file.string() + end);
}
