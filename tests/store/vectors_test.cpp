#include "offprint/store/vectors.h"

#include "offprint/store/settings.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {
using Found = std::vector<std::pair<int64_t, std::string>>;

Found all_after(const Database& database, int64_t after, int64_t& newest) {
  Found found;
  newest = each_vector(database, after, [&](int64_t key, std::string_view bytes) {
    found.emplace_back(key, bytes);
  });
  return found;
}

void put_one(Database& database, int64_t key, const std::string& bytes) {
  const std::vector<PaperVector> one = {{key, bytes}};
  put_vectors(database, one);
}
}  // namespace

TEST_CASE("vectors: stamps tell what is new since, also after the newest was deleted") {
  ScratchDatabase db;
  put(db, {paper("1", "A"), paper("2", "B"), paper("3", "C")});
  const std::string bytes("\0\xff\1", 3);
  put_one(db, 1, bytes);
  put_one(db, 2, "two");
  put_one(db, 99, "of no paper");
  int64_t newest = 0;
  CHECK(all_after(db, 0, newest) == Found{{1, bytes}, {2, "two"}});
  const int64_t seen = newest;
  CHECK(all_after(db, seen, newest).empty());
  CHECK(newest == seen);
  Paper reworded = paper("2", "B, reworded", 2000);
  put(db, {reworded});
  CHECK(vector_of(db, 2).empty());
  CHECK(count_vectors(db) == 1);
  put_one(db, 2, "two again");
  put_one(db, 1, "one again");
  CHECK(all_after(db, seen, newest) == Found{{2, "two again"}, {1, "one again"}});
  forget_vectors(db);
  CHECK(count_vectors(db) == 0);
  put_one(db, 1, "x");
  CHECK(all_after(db, newest, newest) == Found{{1, "x"}});
}

TEST_CASE("vectors: papers without one come in the order of keys, votes do not undo one") {
  ScratchDatabase db;
  put(db, {paper("1", "A"), paper("2", "B"), paper("3", "C")});
  put_one(db, 2, "two");
  CHECK(ids(papers_without_vector(db, 0, 10)) == std::vector<std::string>{"1", "3"});
  CHECK(ids(papers_without_vector(db, 1, 10)) == std::vector<std::string>{"3"});
  Paper voted = paper("2", "B");
  voted.votes_elsewhere = 5;
  CHECK(put(db, {voted}).changed == 1);
  CHECK(vector_of(db, 2) == "two");
}

TEST_CASE("settings: kept by name, the last one wins") {
  ScratchDatabase db;
  CHECK(!setting(db, "x"));
  set_setting(db, "x", "1");
  set_setting(db, "x", "");
  set_setting(db, "y", "'quoted'");
  CHECK(setting(db, "x") == "");
  CHECK(setting(db, "y") == "'quoted'");
}
