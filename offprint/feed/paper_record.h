// What readers of every format do to a record before it is a paper: for this room's readers.
#pragma once
#include <string>
#include <string_view>

#include "offprint/store/paper.h"

namespace offprint::feed {

// Sets id and version from an arXiv id or an address of one. Throws Error "no arXiv id: 'x'".
void set_arxiv(store::Paper& paper, std::string_view text);

// Texts on one line, names counted, links to arXiv or the DOI added, missing times taken from those
// that are there. Throws Error on a paper without id or title.
void complete(store::Paper& paper);

// "cs.LG cs.AI", without repetitions.
void add_categories(store::Paper& paper, std::string_view text);
void add_link(store::Paper& paper, std::string kind, std::string_view url);  // http(s) only

}  // namespace offprint::feed
