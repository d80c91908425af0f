#include "offprint/feed/calendar.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/data/timestamp.h"

using namespace offprint;
using namespace offprint::feed;

namespace {
int64_t seconds(std::string_view text) { return static_cast<int64_t>(*data::parse_time(text)); }

std::string message_of(Span span, std::string_view text) {
  try {
    parse_period(span, text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}
}  // namespace

TEST_CASE("calendar: a day, a week and a month begin and end where the calendar says") {
  const Period day = parse_period(Span::day, "2024-02-29");
  CHECK(day.begins_at() == seconds("2024-02-29"));
  CHECK(day.ends_at() == seconds("2024-03-01"));
  const Period week = parse_period(Span::week, "2025-W44");
  CHECK(week.begins_at() == seconds("2025-10-27"));
  CHECK(week.ends_at() == seconds("2025-11-03"));
  const Period month = parse_period(Span::month, "2025-12");
  CHECK(month.begins_at() == seconds("2025-12-01"));
  CHECK(month.ends_at() == seconds("2026-01-01"));
}

TEST_CASE("calendar: ISO weeks belong to the year of their Thursday") {
  CHECK(period_text(period_of(Span::week, seconds("2021-01-03"))) == "2020-W53");
  CHECK(period_text(period_of(Span::week, seconds("2021-01-04"))) == "2021-W01");
  CHECK(period_text(period_of(Span::week, seconds("2024-12-30"))) == "2025-W01");
  CHECK(period_text(period_of(Span::week, seconds("1969-12-31"))) == "1970-W01");
}

TEST_CASE("calendar: over 40 years every day is in one day, week and month, and texts read back") {
  for (int64_t day = 0; day < 15000; ++day)
    for (const Span span : {Span::day, Span::week, Span::month}) {
      const Period period = period_of(span, day * 86400 + 86399);
      REQUIRE(period.first_day <= day);
      REQUIRE(day < period.end_day);
      REQUIRE(parse_period(span, period_text(period)) == period);
      REQUIRE(period_of(span, period.begins_at()) == period);
      REQUIRE(period_of(span, period.ends_at()).first_day == period.end_day);
    }
}

TEST_CASE("calendar: what is no day, week or month is refused with what was expected") {
  CHECK(message_of(Span::day, "2025-02-29") == "date '2025-02-29', expected YYYY-MM-DD");
  CHECK(message_of(Span::week, "2025-W53") == "week '2025-W53', expected YYYY-Www");
  CHECK(message_of(Span::month, "2025-13") == "month '2025-13', expected YYYY-MM");
  CHECK(message_of(Span::week, "2026-W53") == "");
  for (const char* text : {"", "2025", "2025-1-01", "2025-10-3x", "2025-10-30T", "-025-10-30",
                           "2025/10/30", "0000-01-01", "2025--1-01", "2025-10--1"})
    CHECK(message_of(Span::day, text) != "");
  for (const char* text : {"2025-44", "2025W44", "2025-w44", "2025-W00", "2025-W4", "2025-W444"})
    CHECK(message_of(Span::week, text) != "");
  CHECK_THROWS_AS(period_of(Span::day, INT64_MAX), Error);
}
