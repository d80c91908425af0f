#include "offprint/store/people.h"

#include "offprint/store/votes.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {
struct Town : ScratchDatabase {
  int64_t ada = add_user(*this, {.name = "Ada", .password = "h1", .role = Role::member});
  int64_t bob = add_user(*this, {.name = "bob", .password = "h2", .created_at = 5});
  std::string message(const std::function<void()>& work) const {
    return data::message_of(scratch, work);
  }
};
}  // namespace

TEST_CASE("people: found by name without case, taken names are refused") {
  Town town;
  const auto found = find_user(town, "ADA");
  REQUIRE(found);
  CHECK(found->key == town.ada);
  CHECK(found->name == "Ada");
  CHECK(found->role == Role::member);
  CHECK(user_of(town, town.bob)->created_at == 5);
  CHECK(!find_user(town, "ad"));
  CHECK(town.message([&] { add_user(town, {.name = "aDa"}); }) == "the name 'aDa' is taken");
  CHECK(list_users(town).size() == 2);
  set_role(town, town.bob, Role::editor);
  CHECK(user_of(town, town.bob)->role == Role::editor);
  CHECK(parse_role(role_name(Role::reader)) == Role::reader);
  CHECK(town.message([] { parse_role("king"); }) ==
        "role 'king', expected reader, member or editor");
  CHECK(town.message([&] { set_role(town, 99, Role::reader); }) == "store: no user 99");
}

TEST_CASE("people: sessions end in time, with a new password and with their user") {
  Town town;
  add_session(town, {"t1", town.ada, "cookie", "", 10, 100});
  add_session(town, {"t2", town.ada, "token", "laptop", 20, 200});
  add_session(town, {"t3", town.bob, "cookie", "", 20, 200});
  CHECK(find_session(town, "t1", 99)->user == town.ada);
  CHECK(!find_session(town, "t1", 100));
  CHECK(!find_session(town, "t", 50));
  CHECK(sessions_of(town, town.ada).front().label == "laptop");
  delete_expired_sessions(town, 100);
  CHECK(!find_session(town, "t1", 50));
  set_password(town, town.ada, "new");
  CHECK(!find_session(town, "t2", 50));
  CHECK(user_of(town, town.ada)->password == "new");
  delete_session(town, "t3");
  CHECK(!find_session(town, "t3", 50));
  CHECK_THROWS_AS(add_session(town, {"t4", 99, "cookie", "", 1, 2}), Error);
}

TEST_CASE("people: of one who goes, votes go and comments stay without a name") {
  Town town;
  put(town, {paper("1", "A")});
  const int64_t key = find_paper(town, "1")->key;
  set_vote(town, key, town.ada, true, 1);
  set_vote(town, key, town.bob, true, 1);
  add_comment(town, key, town.ada, "hello", 1);
  add_session(town, {"t1", town.ada, "cookie", "", 10, 100});
  delete_user(town, town.ada);
  CHECK(find_paper(town, "1")->upvotes == 1);
  CHECK(!find_session(town, "t1", 50));
  REQUIRE(comments_of(town, key).size() == 1);
  CHECK(comments_of(town, key)[0].author == "");
  CHECK(comments_of(town, key)[0].text == "hello");
  CHECK(town.message([&] { delete_user(town, town.ada); }).starts_with("store: no user"));
  town.database.check_whole();
}
