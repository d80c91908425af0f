#include "offprint/feed/paper_markdown.h"

#include "offprint/core/error.h"
#include "offprint/feed/calendar.h"
#include "offprint/feed/record_text.h"

namespace offprint::feed {
namespace {

std::string day_text(int64_t seconds) { return period_text(period_of(Span::day, seconds)); }

std::string names(const store::Paper& p) {
  std::string out;
  for (const std::string& author : p.authors)
    out += (out.empty() ? "" : ", ") + markdown_text(author);
  const auto missing = p.author_count - static_cast<int64_t>(p.authors.size());
  if (missing > 0 && !out.empty()) out += fmt::format(" and {} more", missing);
  if (out.empty() && missing > 0) out = fmt::format("{} authors", missing);
  if (p.organisation.empty()) return out;
  return out + (out.empty() ? "" : " (") + markdown_text(p.organisation) + (out.empty() ? "" : ")");
}

}  // namespace

std::string markdown_text(std::string_view text) {
  const std::string line = one_line(text);
  std::string out;
  bool mathematics = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '$') mathematics = !mathematics;
    const bool at_start = i == 0 && std::string_view("#-+>=").find(c) != std::string_view::npos;
    const bool number = c == '.' && i > 0 && line.find_first_not_of("0123456789") == i &&
                        (i + 1 == line.size() || line[i + 1] == ' ');
    const bool sign = std::string_view("\\`*_[]<>|~").find(c) != std::string_view::npos;
    // Inside dollars TeX's own signs stay, but nothing that could open a tag.
    if (at_start || number || (sign && (!mathematics || c == '<' || c == '>'))) out += '\\';
    if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

std::string paper_markdown(const store::Paper& p, std::string_view more) {
  std::string out = "# " + markdown_text(p.title) + "\n\n";
  if (p.withdrawn) out += "**Withdrawn by its authors.**\n\n";
  if (const std::string who = names(p); !who.empty()) out += who + "\n\n";
  out += "- id: " + markdown_text(p.id) + "\n";
  out += "- published: " + day_text(p.published_at) + "\n";
  out += "- listed: " + day_text(p.listed_at) + "\n";
  if (!p.topic.empty()) out += "- topic: " + markdown_text(p.topic) + "\n";
  for (const store::Link& link : p.links)
    out += "- " + markdown_text(link.kind) + ": <" + link.url + ">\n";
  if (!p.summary.empty()) out += "\n" + markdown_text(p.summary) + "\n";
  if (!p.abstract.empty()) out += "\n## Abstract\n\n" + markdown_text(p.abstract) + "\n";
  if (!more.empty()) out += "\n" + std::string(more) + (more.ends_with('\n') ? "" : "\n");
  return out;
}

}  // namespace offprint::feed
