#include "offprint/store/votes.h"

#include <thread>

#include "offprint/store/people.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {
struct Town : ScratchDatabase {
  int64_t ada = add_user(*this, {.name = "ada"}), bob = add_user(*this, {.name = "bob"});
  int64_t key = 0;
  Town() {
    Paper p = paper("1", "A");
    p.votes_elsewhere = 10, p.comments_elsewhere = 2;
    put(*this, {p});
    key = find_paper(*this, "1")->key;
  }
};
}  // namespace

TEST_CASE("votes: once a person, taken back once, beside those from elsewhere") {
  Town town;
  CHECK(set_vote(town, town.key, town.ada, true, 1) == 11);
  CHECK(set_vote(town, town.key, town.ada, true, 2) == 11);
  CHECK(set_vote(town, town.key, town.bob, true, 2) == 12);
  CHECK(has_vote(town, town.key, town.ada));
  CHECK(set_vote(town, town.key, town.ada, false, 3) == 11);
  CHECK(set_vote(town, town.key, town.ada, false, 3) == 11);
  CHECK(!has_vote(town, town.key, town.ada));
  Paper again = paper("1", "A");
  again.votes_elsewhere = 15;
  put(town, {again});
  CHECK(find_paper(town, "1")->upvotes == 16);
  CHECK_THROWS_WITH_AS(set_vote(town, 99, town.ada, true, 1), "store: no paper 99", Error);
  CHECK_THROWS_WITH_AS(set_vote(town, town.key, 99, true, 1), "store: no user 99", Error);
}

TEST_CASE("votes: of many at once none is lost or counted twice") {
  Town town;
  std::vector<int64_t> users;
  for (int i = 0; i < 40; ++i) users.push_back(add_user(town, {.name = "u" + std::to_string(i)}));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (const int64_t user : users) set_vote(town, town.key, user, true, 1);
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(find_paper(town, "1")->upvotes == 50);
}

TEST_CASE("comments: in order, edited, deleted with their place kept, counted") {
  Town town;
  const int64_t first = add_comment(town, town.key, town.ada, "*one*", 10);
  const int64_t second = add_comment(town, town.key, town.bob, "two", 10);
  add_comment(town, town.key, town.ada, "three", 5);
  CHECK(find_paper(town, "1")->comment_count == 5);
  std::vector<std::string> texts;
  for (const Comment& c : comments_of(town, town.key)) texts.push_back(c.author + ": " + c.text);
  CHECK(texts == std::vector<std::string>{"ada: three", "ada: *one*", "bob: two"});
  edit_comment(town, second, "two, better", 20);
  CHECK(find_comment(town, second)->edited_at == 20);
  delete_comment(town, first);
  delete_comment(town, first);
  CHECK(find_paper(town, "1")->comment_count == 4);
  CHECK(find_comment(town, first)->deleted);
  CHECK(find_comment(town, first)->text.empty());
  CHECK(comments_of(town, town.key).size() == 3);
  CHECK(latest_comments(town, 10).front().text == "two, better");
  CHECK(latest_comments(town, 10).size() == 2);
  CHECK_THROWS_WITH_AS(edit_comment(town, first, "x", 1),
                       fmt::format("store: no comment {}", first).c_str(), Error);
  CHECK_THROWS_AS(add_comment(town, 99, town.ada, "x", 1), Error);
  CHECK(!find_comment(town, 99));
}
