#include "offprint/feed/atom.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/markup.h"
#include "offprint/data/timestamp.h"

namespace offprint::feed {
namespace {

std::string time_of(int64_t seconds) {
  std::string text = data::time_text(static_cast<double>(seconds));
  if (text.size() == 10) text += "T00:00:00Z";  // the day alone at midnight
  return text;
}

std::string element(std::string_view name, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>\n", name, escape_markup(text));
}

int64_t changed_at(const store::Paper& p) { return std::max(p.listed_at, p.updated_at); }

std::string entry(const std::string& site, const store::Paper& p) {
  std::string out = "<entry>\n";
  // A tag URI (RFC 4151) without a host of ours: the same paper is the same entry everywhere.
  out += element("id", "tag:offprint,2025:paper/" + path_text(p.id));
  out += element("title", p.title);
  out +=
      fmt::format("<link rel=\"alternate\" href=\"{}\"/>\n", escape_markup(site + paper_path(p)));
  out += element("published", time_of(p.listed_at));
  out += element("updated", time_of(changed_at(p)));
  for (const std::string& author : p.authors)
    out += "<author>" + element("name", author) + "</author>\n";
  if (p.authors.empty())
    out += "<author>" + element("name", p.organisation.empty() ? "unknown" : p.organisation) +
           "</author>\n";
  for (const std::string& category : p.categories)
    out += fmt::format("<category term=\"{}\"/>\n", escape_markup(category));
  if (!p.topic.empty()) out += fmt::format("<category term=\"{}\"/>\n", escape_markup(p.topic));
  const std::string& text = p.summary.empty() ? p.abstract : p.summary;
  if (!text.empty()) out += element("summary", text);
  return out + "</entry>\n";
}

}  // namespace

std::string path_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/:").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string paper_path(const store::Paper& paper) {
  return "/papers/" + path_text(paper.slug.empty() ? paper.id : paper.slug);
}

std::string atom_xml(const AtomFeed& feed, std::span<const store::Paper> papers) {
  int64_t updated = papers.empty() ? feed.updated_at : INT64_MIN;
  for (const store::Paper& paper : papers) updated = std::max(updated, changed_at(paper));
  const std::string self = escape_markup(feed.site + feed.self);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n";
  out += element("id", feed.site + feed.self) + element("title", feed.title);
  out += element("updated", time_of(updated));
  out += fmt::format("<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n", self);
  out += fmt::format("<link rel=\"alternate\" type=\"text/html\" href=\"{}/\"/>\n",
                     escape_markup(feed.site));
  for (const store::Paper& paper : papers) out += entry(feed.site, paper);
  return out + "</feed>\n";
}

}  // namespace offprint::feed
