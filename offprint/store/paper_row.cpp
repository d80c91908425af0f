#include "offprint/store/paper_row.h"

#include <algorithm>

#include "offprint/core/json.h"

namespace offprint::store {

Paper read_paper(const Row& row) {
  int column = 0;
  const auto integer = [&] { return row.integer(column++); };
  const auto text = [&] { return std::string(row.text(column++)); };
  Paper p;
  p.key = integer(), p.id = text(), p.slug = text(), p.title = text();
  p.authors = split_lines(text()), p.author_count = integer(), p.organisation = text();
  p.summary = text(), p.abstract = text();
  p.published_at = integer(), p.listed_at = integer(), p.updated_at = integer();
  p.version = integer(), p.categories = split_lines(text()), p.topic = text();
  p.links = parse_links(text()), p.submitter = text(), p.withdrawn = integer() != 0;
  p.votes_elsewhere = integer(), p.comments_elsewhere = integer();
  p.upvotes = integer(), p.comment_count = integer(), p.runs = integer() != 0;
  p.holds = integer(), p.fails = integer(), p.verdicts_at = integer();
  return p;
}

std::string join_lines(const std::vector<std::string>& names) {
  std::string lines;
  for (std::string name : names) {
    std::ranges::replace(name, '\n', ' ');
    if (!lines.empty()) lines += '\n';
    lines += name;
  }
  return lines;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

std::string links_text(const std::vector<Link>& links) {
  Json list = Json::array();
  for (const Link& link : links) list.push_back({link.kind, link.url});
  return links.empty() ? "" : json_text(list);
}

std::vector<Link> parse_links(std::string_view text) {
  std::vector<Link> links;
  if (text.empty()) return links;
  for (const Json& link : parse_json(text, "store: links of a paper"))
    links.push_back({link.at(0).get<std::string>(), link.at(1).get<std::string>()});
  return links;
}

}  // namespace offprint::store
