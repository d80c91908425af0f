#include "offprint/feed/lists.h"

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::feed;
using store::paper, store::ids, store::put, store::ScratchDatabase;

namespace {
int64_t day(std::string_view text) { return parse_period(Span::day, text).begins_at(); }
}  // namespace

TEST_CASE("lists: a day has its papers, previous and next skip empty days") {
  ScratchDatabase db;
  put(db, {paper("a", "A", day("2025-10-30")), paper("b", "B", day("2025-10-30") + 86399),
           paper("c", "C", day("2025-10-27") + 5), paper("d", "D", day("2025-11-03"))});
  const ListPage page = list_page(db, {.period = parse_period(Span::day, "2025-10-30")});
  CHECK(ids(page.papers) == std::vector<std::string>{"b", "a"});
  CHECK(!page.more);
  REQUIRE(page.previous);
  REQUIRE(page.next);
  CHECK(period_text(*page.previous) == "2025-10-27");
  CHECK(period_text(*page.next) == "2025-11-03");
  const ListPage week = list_page(db, {.period = parse_period(Span::week, "2025-W44")});
  CHECK(week.papers.size() == 3);
  CHECK(!week.previous);
  CHECK(period_text(*week.next) == "2025-W45");
  const ListPage month = list_page(db, {.period = parse_period(Span::month, "2025-12")});
  CHECK(month.papers.empty());
  CHECK(period_text(*month.previous) == "2025-11");
  CHECK(period_text(*latest_period(db, Span::day)) == "2025-11-03");
}

TEST_CASE("lists: pages say whether there is more, and are refused out of range") {
  ScratchDatabase db;
  for (int i = 0; i < 5; ++i) put(db, {paper(std::to_string(i), "T", i)});
  const ListPage first = list_page(db, {.limit = 2}), last = list_page(db, {.page = 2, .limit = 2});
  CHECK(ids(first.papers) == std::vector<std::string>{"4", "3"});
  CHECK(first.more);
  CHECK(ids(last.papers) == std::vector<std::string>{"0"});
  CHECK(!last.more);
  CHECK(!first.previous);
  CHECK_THROWS_WITH_AS(list_page(db, {.page = -1}), "page -1, expected 0 .. 1000000", Error);
  CHECK_THROWS_WITH_AS(list_page(db, {.limit = 101}), "limit 101, expected 1 .. 100", Error);
}

TEST_CASE("lists: sorts by name") {
  ScratchDatabase db;
  CHECK(!latest_period(db, Span::month));
  auto voted = paper("old", "Old", 10);
  voted.votes_elsewhere = 3;
  put(db, {voted, paper("new", "New", 20)});
  CHECK(list_page(db, {.sort = parse_sort("votes")}).papers[0].id == "old");
  CHECK(list_page(db, {.sort = parse_sort("")}).papers[0].id == "new");
  for (const char* name : {"publishedAt", "trending", "votes"})
    CHECK(sort_name(parse_sort(name)) == name);
  CHECK_THROWS_WITH_AS(parse_sort("best"), "sort 'best', expected publishedAt, trending or votes",
                       Error);
}
