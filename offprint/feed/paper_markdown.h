// A paper as Markdown, for people's notes and for programs that read: /papers/{id}.md.
#pragma once
#include <string>
#include <string_view>

#include "offprint/store/paper.h"

namespace offprint::feed {

// Title, authors, dates, links, summary, abstract. `more` goes behind them as it is: the door adds
// what a run measured.
std::string paper_markdown(const store::Paper& paper, std::string_view more = "");

// Text whose signs cannot become Markdown's: emphasis, links, headings, raw HTML.
std::string markdown_text(std::string_view text);

}  // namespace offprint::feed
