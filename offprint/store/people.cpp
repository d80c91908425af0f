#include "offprint/store/people.h"

#include "offprint/core/error.h"
#include "offprint/store/connection.h"

namespace offprint::store {
namespace {

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

User read_user(const Row& row) {
  return {row.integer(0), std::string(row.text(1)), std::string(row.text(2)),
          parse_role(row.text(3)), row.integer(4)};
}

Session read_session(const Row& row) {
  return {std::string(row.text(0)), row.integer(1), std::string(row.text(2)),
          std::string(row.text(3)), row.integer(4), row.integer(5)};
}

std::vector<User> users_where(const Database& database, const std::string& rest,
                              std::initializer_list<Value> arguments) {
  std::vector<User> users;
  database.read([&](Connection& connection) {
    connection.run("SELECT key, name, password, role, created_at FROM users " + rest, arguments,
                   [&](const Row& row) { users.push_back(read_user(row)); });
  });
  return users;
}

std::vector<Session> sessions_where(const Database& database, const std::string& rest,
                                    std::initializer_list<Value> arguments) {
  std::vector<Session> sessions;
  database.read([&](Connection& connection) {
    connection.run(
        "SELECT token_hash, \"user\", kind, label, created_at, expires_at FROM sessions " + rest,
        arguments, [&](const Row& row) { sessions.push_back(read_session(row)); });
  });
  return sessions;
}

template <class Record>
std::optional<Record> first_of(const std::vector<Record>& records) {
  return records.empty() ? std::nullopt : std::optional(records.front());
}

void change_user(Database& database, int64_t user, const char* sql, std::string_view value) {
  database.write([&](Connection& connection) {
    require(connection.run(sql, {user, value}) == 1, "store: no user {}", user);
  });
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::member:
      return "member";
    case Role::editor:
      return "editor";
    default:
      return "reader";
  }
}

Role parse_role(std::string_view text) {
  for (const Role role : {Role::reader, Role::member, Role::editor})
    if (text == role_name(role)) return role;
  fail("role '{}', expected reader, member or editor", text.substr(0, 40));
}

int64_t add_user(Database& database, const User& user) {
  int64_t key = 0;
  database.write([&](Connection& connection) {
    key = connection.number(
        "INSERT INTO users(name, folded_name, password, role, created_at) VALUES($1, $2, $3, $4, "
        "$5) ON CONFLICT(folded_name) DO NOTHING RETURNING key",
        {user.name, folded(user.name), user.password, role_name(user.role), user.created_at});
    require(key != 0, "the name '{}' is taken", user.name);
  });
  return key;
}

std::optional<User> find_user(const Database& database, std::string_view name) {
  return first_of(users_where(database, "WHERE folded_name = $1", {folded(name)}));
}

std::optional<User> user_of(const Database& database, int64_t key) {
  return first_of(users_where(database, "WHERE key = $1", {key}));
}

std::vector<User> list_users(const Database& database) {
  return users_where(database, "ORDER BY folded_name", {});
}

void set_password(Database& database, int64_t user, std::string_view password) {
  database.write([&](Connection& connection) {
    require(connection.run("UPDATE users SET password = $2 WHERE key = $1", {user, password}) == 1,
            "store: no user {}", user);
    connection.run("DELETE FROM sessions WHERE \"user\" = $1", {user});
  });
}

void set_role(Database& database, int64_t user, Role role) {
  change_user(database, user, "UPDATE users SET role = $2 WHERE key = $1", role_name(role));
}

void delete_user(Database& database, int64_t user) {
  database.write([&](Connection& connection) {
    connection.run(
        "UPDATE papers SET upvotes = upvotes - 1 WHERE key IN (SELECT paper FROM votes WHERE "
        "\"user\" = $1)",
        {user});
    require(connection.run("DELETE FROM users WHERE key = $1", {user}) == 1, "store: no user {}",
            user);
  });
}

void add_session(Database& database, const Session& session) {
  database.write([&](Connection& connection) {
    connection.run(
        "INSERT INTO sessions(token_hash, \"user\", kind, label, created_at, expires_at) "
        "VALUES($1, "
        "$2, $3, $4, $5, $6)",
        {session.token_hash, session.user, session.kind, session.label, session.created_at,
         session.expires_at});
  });
}

std::optional<Session> find_session(const Database& database, std::string_view token_hash,
                                    int64_t now) {
  return first_of(
      sessions_where(database, "WHERE token_hash = $1 AND expires_at > $2", {token_hash, now}));
}

std::vector<Session> sessions_of(const Database& database, int64_t user) {
  return sessions_where(database, "WHERE \"user\" = $1 ORDER BY created_at DESC", {user});
}

void delete_session(Database& database, std::string_view token_hash) {
  database.write([&](Connection& connection) {
    connection.run("DELETE FROM sessions WHERE token_hash = $1", {token_hash});
  });
}

void delete_expired_sessions(Database& database, int64_t now) {
  database.write([&](Connection& connection) {
    connection.run("DELETE FROM sessions WHERE expires_at <= $1", {now});
  });
}

}  // namespace offprint::store
