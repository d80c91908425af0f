// Pages of papers: a day's, a week's, a month's, trending, and what a search found.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "offprint/feed/lists.h"
#include "offprint/web/page.h"
#include "offprint/web/site.h"

namespace offprint::web {

// `period` as the route names it ("2025-10-30"), empty for the newest day that holds papers.
Page period_page(const Site& site, feed::Span span, const std::string& period,
                 const std::string& sort, int64_t page);
Page trending_page(const Site& site, int64_t page);
// Words of the query marked; an empty query lists the newest.
Page search_page(const Site& site, const std::string& query, int64_t page);
// The query with filters that a form gave beside it: fields runs, verdict, topic, year.
std::string with_filters(const std::string& query,
                         const std::map<std::string, std::string>& fields);
// "sequence-models" of "Sequence models": a topic in a path.
std::string topic_path(std::string_view topic);

// One paper of a list; `title` and `summary` stand for the paper's where words are marked.
Html paper_card(const store::Paper& paper, const Html& title, const Html& summary);
Html date_text(int64_t seconds);  // <time>30 October 2025</time>
std::string author_line(const store::Paper& paper);

}  // namespace offprint::web
