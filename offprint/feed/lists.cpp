#include "offprint/feed/lists.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::feed {
namespace {

constexpr int64_t kMostPages = 1000000;
constexpr int64_t kMostPerPage = 100;

std::optional<Period> around(Span span, std::optional<int64_t> time) {
  if (!time) return std::nullopt;
  return period_of(span, *time);
}

}  // namespace

const std::string_view kTrendingFormula =
    "(1 + votes + 2 × comments + 3 × verdicts of the last week) / (hours since listed + 2)^1.5";

store::Order parse_sort(std::string_view text) {
  if (text.empty() || text == "publishedAt") return store::Order::newest;
  if (text == "trending") return store::Order::trending;
  if (text == "votes") return store::Order::votes;
  fail("sort '{}', expected publishedAt, trending or votes", text.substr(0, 40));
}

std::string_view sort_name(store::Order order) {
  switch (order) {
    case store::Order::trending:
      return "trending";
    case store::Order::votes:
      return "votes";
    default:
      return "publishedAt";
  }
}

ListPage list_page(const store::Database& database, const ListRequest& request) {
  require(request.page >= 0 && request.page <= kMostPages, "page {}, expected 0 .. {}",
          request.page, kMostPages);
  require(request.limit >= 1 && request.limit <= kMostPerPage, "limit {}, expected 1 .. {}",
          request.limit, kMostPerPage);
  store::PaperList list{.filter = request.filter,
                        .order = request.sort,
                        .now = request.now,
                        .offset = request.page * request.limit,
                        .limit = request.limit + 1};  // one more shows whether there is more
  ListPage page;
  if (const auto& period = request.period) {
    list.from = period->begins_at(), list.until = period->ends_at();
    page.previous = around(period->span, listed_before(database, list.from));
    page.next = around(period->span, listed_from(database, list.until));
  }
  page.papers = list_papers(database, list);
  page.more = static_cast<int64_t>(page.papers.size()) > request.limit;
  if (page.more) page.papers.pop_back();
  return page;
}

std::optional<Period> latest_period(const store::Database& database, Span span) {
  return around(span, listed_before(database, INT64_MAX));
}

}  // namespace offprint::feed
