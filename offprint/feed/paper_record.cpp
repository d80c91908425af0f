#include "offprint/feed/paper_record.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/record_text.h"

namespace offprint::feed {
namespace {

// Longer than any title or abstract that was ever meant as one.
constexpr size_t kMostText = 100000, kMostAuthors = 10000;

}  // namespace

void set_arxiv(store::Paper& paper, std::string_view text) {
  const auto id = parse_arxiv_id(text);
  if (!id) fail("no arXiv id: '{}'", one_line(text.substr(0, 60)));
  paper.id = id->id;
  if (id->version > 0) paper.version = id->version;
}

void complete(store::Paper& p) {
  require(!p.id.empty(), "no arXiv id and no DOI");
  p.title = one_line(p.title), p.abstract = one_line(p.abstract);
  require(!p.title.empty() || p.withdrawn, "no title");
  require(p.title.size() + p.abstract.size() <= kMostText, "{} bytes of text, expected at most {}",
          p.title.size() + p.abstract.size(), kMostText);
  for (std::string& name : p.authors) name = one_line(name);
  std::erase(p.authors, "");
  require(p.authors.size() <= kMostAuthors, "{} authors, expected at most {}", p.authors.size(),
          kMostAuthors);
  p.author_count = std::max(p.author_count, static_cast<int64_t>(p.authors.size()));
  if (parse_arxiv_id(p.id)) {
    add_link(p, "abstract", arxiv_page(p.id));
    add_link(p, "pdf", arxiv_pdf(p.id));
  } else if (p.id.starts_with("doi:")) {
    add_link(p, "doi", "https://doi.org/" + p.id.substr(4));
  }
  if (p.published_at == 0) p.published_at = p.updated_at;
  if (p.updated_at == 0) p.updated_at = p.published_at;
  if (p.listed_at == 0) p.listed_at = p.published_at;
}

void add_categories(store::Paper& paper, std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" ,\t\r\n"), text.size());
    const std::string category(text.substr(0, end));
    if (!category.empty() &&
        std::ranges::find(paper.categories, category) == paper.categories.end())
      paper.categories.push_back(category);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void add_link(store::Paper& paper, std::string kind, std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return;
  if (url.size() > 2000 || url.find_first_of(" \t\r\n\"<>") != url.npos) return;
  const store::Link link{std::move(kind), std::string(url)};
  if (std::ranges::find(paper.links, link) == paper.links.end()) paper.links.push_back(link);
}

}  // namespace offprint::feed
