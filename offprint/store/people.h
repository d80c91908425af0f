// People in the store: users with their roles, and sessions. What is hashed how is the feed's
// business (feed/accounts.h); here are only hashes. Times are seconds since 1970 UTC.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/database.h"

namespace offprint::store {

// A reader reads and votes, a member comments, submits and runs, an editor also removes.
enum class Role { reader, member, editor };
std::string_view role_name(Role role);
Role parse_role(std::string_view text);  // Error names the three

struct User {
  int64_t key = 0;
  std::string name = {};
  std::string password = {};  // an Argon2id hash; empty: cannot log in
  Role role = Role::reader;
  int64_t created_at = 0;
};

// The new user's key. Throws Error "the name 'ada' is taken"; names differ by more than case.
int64_t add_user(Database& database, const User& user);
std::optional<User> find_user(const Database& database, std::string_view name);
std::optional<User> user_of(const Database& database, int64_t key);
std::vector<User> list_users(const Database& database);  // by name
void set_password(Database& database, int64_t user,
                  std::string_view password);  // ends its sessions
void set_role(Database& database, int64_t user, Role role);
void delete_user(Database& database, int64_t user);  // votes go, comments stay without a name

struct Session {
  std::string token_hash;
  int64_t user = 0;
  std::string kind;   // "cookie", "token"
  std::string label;  // of a token, its owner's words
  int64_t created_at = 0, expires_at = 0;
};

void add_session(Database& database, const Session& session);
std::optional<Session> find_session(const Database& database, std::string_view token_hash,
                                    int64_t now);  // not past its end
std::vector<Session> sessions_of(const Database& database, int64_t user);
void delete_session(Database& database, std::string_view token_hash);
void delete_expired_sessions(Database& database, int64_t now);

}  // namespace offprint::store
