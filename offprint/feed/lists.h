// Pages of papers: of a day, a week, a month, or of all; newest, most voted or trending first.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/feed/calendar.h"
#include "offprint/store/papers.h"

namespace offprint::feed {

// What stands behind the "i" beside "trending".
extern const std::string_view kTrendingFormula;

// "publishedAt" (also the empty text), "trending", "votes". Throws Error on another.
store::Order parse_sort(std::string_view text);
std::string_view sort_name(store::Order order);

struct ListRequest {
  std::optional<Period> period = {};  // none: all papers
  store::Order sort = store::Order::newest;
  store::PaperFilter filter = {};
  int64_t page = 0, limit = 50;  // pages count from 0; limit 1 .. 100
  int64_t now = 0;               // seconds since 1970
};

struct ListPage {
  std::vector<store::Paper> papers;
  bool more = false;                     // there is a next page
  std::optional<Period> previous, next;  // the nearest of this kind that hold papers
};

// Throws Error on a page or limit out of range.
ListPage list_page(const store::Database& database, const ListRequest& request);

// The newest day (week, month) that holds papers: what the front page shows.
std::optional<Period> latest_period(const store::Database& database, Span span);

}  // namespace offprint::feed
