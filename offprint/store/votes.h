// What people say about papers: votes and comments. A paper's upvotes and comment_count follow.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/database.h"

namespace offprint::store {

// Sets whether the user votes for the paper (by key); twice is once. Returns the paper's upvotes.
// Throws Error where there is no such paper or user.
int64_t set_vote(Database& database, int64_t paper, int64_t user, bool wanted, int64_t now);
bool has_vote(const Database& database, int64_t paper, int64_t user);

struct Comment {
  int64_t key = 0, paper = 0;
  int64_t user = 0;    // 0: an account that is gone
  std::string author;  // the user's name; "" if gone
  std::string text;    // Markdown as written; "" once deleted
  int64_t at = 0, edited_at = 0;
  bool deleted = false;
};

// The new comment's key. Throws Error on a missing paper or user.
int64_t add_comment(Database& database, int64_t paper, int64_t user, std::string_view text,
                    int64_t now);
std::vector<Comment> comments_of(const Database& database, int64_t paper);  // oldest first
std::vector<Comment> latest_comments(const Database& database, int64_t limit);
std::optional<Comment> find_comment(const Database& database, int64_t key);
void edit_comment(Database& database, int64_t key, std::string_view text, int64_t now);
// Its text goes, its place stays. Twice is once.
void delete_comment(Database& database, int64_t key);

}  // namespace offprint::store
