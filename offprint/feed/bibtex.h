// A paper as a BibTeX entry, and back (records.h).
#pragma once
#include <string>
#include <string_view>

#include "offprint/store/paper.h"

namespace offprint::feed {

std::string bibtex(const store::Paper& paper);
// An id without the signs that BibTeX or a path reads as something else.
std::string bibtex_key(std::string_view id);

}  // namespace offprint::feed
