#include "offprint/store/votes.h"

#include "offprint/core/error.h"
#include "offprint/store/connection.h"

namespace offprint::store {
namespace {

void require_both(Connection& connection, int64_t paper, int64_t user) {
  require(connection.number("SELECT count(*) FROM papers WHERE key = $1", {paper}) == 1,
          "store: no paper {}", paper);
  require(connection.number("SELECT count(*) FROM users WHERE key = $1", {user}) == 1,
          "store: no user {}", user);
}

std::vector<Comment> comments_where(const Database& database, const std::string& rest,
                                    int64_t argument) {
  std::vector<Comment> comments;
  database.read([&](Connection& connection) {
    connection.run(
        "SELECT c.key, c.paper, c.\"user\", u.name, c.text, c.at, c.edited_at, c.deleted FROM "
        "comments "
        "AS c LEFT JOIN users AS u ON u.key = c.\"user\" " +
            rest,
        {argument}, [&](const Row& row) {
          comments.push_back({row.integer(0), row.integer(1), row.integer(2),
                              std::string(row.text(3)), std::string(row.text(4)), row.integer(5),
                              row.integer(6), row.integer(7) != 0});
        });
  });
  return comments;
}

}  // namespace

int64_t set_vote(Database& database, int64_t paper, int64_t user, bool wanted, int64_t now) {
  int64_t upvotes = 0;
  database.write([&](Connection& connection) {
    require_both(connection, paper, user);
    const int64_t changed =
        wanted
            ? connection.run(
                  "INSERT INTO votes(paper, \"user\", at) VALUES($1, $2, $3) ON CONFLICT(paper, "
                  "\"user\") DO NOTHING",
                  {paper, user, now})
            : connection.run("DELETE FROM votes WHERE paper = $1 AND \"user\" = $2", {paper, user});
    upvotes = connection.number(
        "UPDATE papers SET upvotes = upvotes + $2 WHERE key = $1 RETURNING upvotes",
        {paper, wanted ? changed : -changed});
  });
  return upvotes;
}

bool has_vote(const Database& database, int64_t paper, int64_t user) {
  int64_t count = 0;
  database.read([&](Connection& connection) {
    count = connection.number("SELECT count(*) FROM votes WHERE paper = $1 AND \"user\" = $2",
                              {paper, user});
  });
  return count > 0;
}

int64_t add_comment(Database& database, int64_t paper, int64_t user, std::string_view text,
                    int64_t now) {
  int64_t key = 0;
  database.write([&](Connection& connection) {
    require_both(connection, paper, user);
    key = connection.number(
        "INSERT INTO comments(paper, \"user\", text, at) VALUES($1, $2, $3, $4) RETURNING key",
        {paper, user, text, now});
    connection.run("UPDATE papers SET comment_count = comment_count + 1 WHERE key = $1", {paper});
  });
  return key;
}

std::vector<Comment> comments_of(const Database& database, int64_t paper) {
  return comments_where(database, "WHERE c.paper = $1 ORDER BY c.at, c.key", paper);
}

std::vector<Comment> latest_comments(const Database& database, int64_t limit) {
  return comments_where(database, "WHERE c.deleted = 0 ORDER BY c.at DESC, c.key DESC LIMIT $1",
                        limit);
}

std::optional<Comment> find_comment(const Database& database, int64_t key) {
  const std::vector<Comment> found = comments_where(database, "WHERE c.key = $1", key);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

void edit_comment(Database& database, int64_t key, std::string_view text, int64_t now) {
  database.write([&](Connection& connection) {
    require(connection.run(
                "UPDATE comments SET text = $2, edited_at = $3 WHERE key = $1 AND deleted = 0",
                {key, text, now}) == 1,
            "store: no comment {}", key);
  });
}

void delete_comment(Database& database, int64_t key) {
  database.write([&](Connection& connection) {
    const int64_t deleted = connection.run(
        "UPDATE comments SET deleted = 1, text = '' WHERE key = $1 AND deleted = 0", {key});
    connection.run(
        "UPDATE papers SET comment_count = comment_count - $2 WHERE key = (SELECT paper FROM "
        "comments WHERE key = $1)",
        {key, deleted});
  });
}

}  // namespace offprint::store
