// A paper as a row of the table: for this room's files.
#pragma once
#include <string>
#include <string_view>

#include "offprint/store/connection.h"
#include "offprint/store/paper.h"

namespace offprint::store {

// What a SELECT names so that read_paper finds it, from column 0 on. A constant of the compiler's:
// other files' statics are made of it.
inline constexpr std::string_view kPaperColumns =
    "key, id, slug, title, authors, author_count, organisation, summary, abstract, published_at, "
    "listed_at, updated_at, version, categories, topic, links, submitter, withdrawn, "
    "votes_elsewhere, comments_elsewhere, upvotes, comment_count, runs, holds, fails, verdicts_at";
Paper read_paper(const Row& row);

// Lists of names are lines; a line end inside a name becomes a space.
std::string join_lines(const std::vector<std::string>& names);
std::vector<std::string> split_lines(std::string_view text);
std::string links_text(const std::vector<Link>& links);
std::vector<Link> parse_links(std::string_view text);

}  // namespace offprint::store
