// Days, ISO weeks and months as the feed pages them, in UTC.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace offprint::feed {

enum class Span { day, week, month };

// A day, week or month of the calendar.
struct Period {
  Span span = Span::day;
  int64_t first_day = 0, end_day = 0;  // days since 1970-01-01, [first_day, end_day)

  int64_t begins_at() const { return first_day * 86400; }  // seconds since 1970
  int64_t ends_at() const { return end_day * 86400; }
  bool operator==(const Period&) const = default;
};

// "2025-10-30", "2025-W44", "2025-10". Throws Error on any other text and on days, weeks and months
// that do not exist: "date '2025-02-30', expected YYYY-MM-DD".
Period parse_period(Span span, std::string_view text);
Period period_of(Span span, int64_t seconds);   // the one that holds this moment
std::string period_text(const Period& period);  // as parse_period reads it

}  // namespace offprint::feed
