// A paper's page: facts, what it claims and what was measured here, how to run and use it.
#pragma once
#include <optional>
#include <string>

#include "offprint/web/page.h"
#include "offprint/web/site.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

// By slug or arXiv id; nothing where the store has no such paper.
std::optional<Page> paper_page(const Site& site, const Visitor& visitor, const std::string& id);
// The same as Markdown, and as BibTeX.
std::optional<std::string> paper_as_markdown(const Site& site, const std::string& id);
std::optional<std::string> paper_as_bibtex(const Site& site, const std::string& id);

}  // namespace offprint::web
