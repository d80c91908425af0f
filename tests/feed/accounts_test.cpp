#include "offprint/feed/accounts.h"

#include <set>

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::feed;
using store::Role, store::ScratchDatabase;

namespace {
// The least that libsodium takes: tests hash often.
constexpr PasswordCost kCheap{.operations = 1, .memory_bytes = 8192};
}  // namespace

TEST_CASE("accounts: the right name and password log in, nothing else does") {
  ScratchDatabase db;
  const store::User ada = sign_up(db, "Ada", "correct horse", Role::member, 5, kCheap);
  CHECK(ada.password.starts_with("$argon2id$"));
  CHECK(check_login(db, "ada", "correct horse")->key == ada.key);
  CHECK(!check_login(db, "ada", "correct hors"));
  CHECK(!check_login(db, "ada", ""));
  CHECK(!check_login(db, "eve", "correct horse"));
  CHECK(!check_login(db, "ada", std::string(100000, 'a')));
  store::add_user(db, {.name = "ghost"});
  CHECK(!check_login(db, "ghost", ""));
  change_password(db, ada.key, "another horse", kCheap);
  CHECK(!check_login(db, "ada", "correct horse"));
  CHECK(check_login(db, "ada", "another horse"));
  CHECK(hash_password("x", kCheap) != hash_password("x", kCheap));
}

TEST_CASE("accounts: names and passwords that will not do are refused with what would") {
  ScratchDatabase db;
  for (const char* name :
       {"", "a", "1ab", "a b", "a/b", "<script>", "ünal", "abcdefghijklmnopqrstuvwxyz0123456"})
    CHECK_THROWS_AS(check_name(name), Error);
  for (const char* name : {"ab", "Ada-Lovelace_1.x"}) CHECK_NOTHROW(check_name(name));
  CHECK_THROWS_WITH_AS(sign_up(db, "ada", "short", Role::reader, 1, kCheap),
                       "password: 5 bytes, expected 8 to 1000", Error);
  CHECK_THROWS_AS(check_password(std::string(1001, 'a')), Error);
  sign_up(db, "ada", "long enough", Role::reader, 1, kCheap);
  CHECK_THROWS_WITH_AS(sign_up(db, "ADA", "long enough", Role::reader, 1, kCheap),
                       "the name 'ADA' is taken", Error);
}

TEST_CASE("accounts: a session is its token's, until it ends; the store has no token") {
  ScratchDatabase db;
  const store::User ada = sign_up(db, "ada", "correct horse", Role::member, 5, kCheap);
  const std::string token = open_session(db, ada.key, "cookie", "", 100, 50);
  CHECK(user_of_token(db, token, 149)->name == "ada");
  CHECK(!user_of_token(db, token, 150));
  CHECK(!user_of_token(db, "", 149));
  CHECK(!user_of_token(db, token_hash(token), 149));
  CHECK(store::sessions_of(db, ada.key)[0].token_hash != token);
  close_session(db, token);
  CHECK(!user_of_token(db, token, 149));
}

TEST_CASE("accounts: tokens never repeat and fit into an address") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = random_token();
    CHECK(token.size() == 43);
    CHECK(token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_") == token.npos);
    seen.insert(token);
  }
  CHECK(seen.size() == 1000);
}
