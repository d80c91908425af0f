#include "offprint/feed/calendar.h"

#include <charconv>
#include <chrono>
#include <optional>

#include "offprint/core/error.h"

namespace offprint::feed {
namespace {

using std::chrono::sys_days, std::chrono::year, std::chrono::month, std::chrono::days;
constexpr int64_t kFirstYear = 1, kLastYear = 9999;

int64_t count(sys_days day) { return day.time_since_epoch().count(); }
sys_days day_of(int64_t number) { return sys_days{days{number}}; }

// `digits` of '0' .. '9' at `at`; nothing where something else stands there.
std::optional<int> number(std::string_view text, size_t at, size_t digits) {
  int value = 0;
  if (text.size() < at + digits) return std::nullopt;
  const char *first = text.data() + at, *last = first + digits;
  const auto [end, error] = std::from_chars(first, last, value);
  if (error != std::errc{} || end != last || *first == '-') return std::nullopt;
  return value;
}

Period make_day(int64_t day) { return {Span::day, day, day + 1}; }
Period make_month(year y, month m) {
  const sys_days first = y / m / 1;
  return {Span::month, count(first), count(sys_days{(y / m + std::chrono::months{1}) / 1})};
}

// Monday of ISO week 1: the week that holds January 4th.
int64_t first_monday(year y) {
  const sys_days fourth = y / month{1} / 4;
  return count(fourth) - (std::chrono::weekday{fourth}.iso_encoding() - 1);
}
Period make_week(int64_t monday) { return {Span::week, monday, monday + 7}; }

std::optional<Period> parse_day(std::string_view text) {
  const auto y = number(text, 0, 4), m = number(text, 5, 2), d = number(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !y || !m || !d) return std::nullopt;
  const auto date = year{*y} / *m / *d;
  if (*y < kFirstYear || !date.ok()) return std::nullopt;
  return make_day(count(sys_days{date}));
}

std::optional<Period> parse_month(std::string_view text) {
  const auto y = number(text, 0, 4), m = number(text, 5, 2);
  if (text.size() != 7 || text[4] != '-' || !y || !m) return std::nullopt;
  if (*y < kFirstYear || *m < 1 || *m > 12) return std::nullopt;
  return make_month(year{*y}, month{static_cast<unsigned>(*m)});
}

std::optional<Period> parse_week(std::string_view text) {
  const auto y = number(text, 0, 4), w = number(text, 6, 2);
  if (text.size() != 8 || text[4] != '-' || text[5] != 'W' || !y || !w) return std::nullopt;
  if (*y < kFirstYear || *w < 1) return std::nullopt;
  const int64_t monday = first_monday(year{*y}) + 7 * (*w - 1);
  if (monday >= first_monday(year{*y + 1})) return std::nullopt;
  return make_week(monday);
}

}  // namespace

Period parse_period(Span span, std::string_view text) {
  const auto period = span == Span::day    ? parse_day(text)
                      : span == Span::week ? parse_week(text)
                                           : parse_month(text);
  if (!period)
    fail("{} '{}', expected {}",
         span == Span::day    ? "date"
         : span == Span::week ? "week"
                              : "month",
         text.substr(0, 40),
         span == Span::day    ? "YYYY-MM-DD"
         : span == Span::week ? "YYYY-Www"
                              : "YYYY-MM");
  return *period;
}

Period period_of(Span span, int64_t seconds) {
  const int64_t day = seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
  const std::chrono::year_month_day date{day_of(day)};
  require(date.year() >= year{kFirstYear} && date.year() <= year{kLastYear},
          "calendar: {} s since 1970, expected a time in the years {} .. {}", seconds, kFirstYear,
          kLastYear);
  if (span == Span::day) return make_day(day);
  if (span == Span::month) return make_month(date.year(), date.month());
  return make_week(day - (std::chrono::weekday{day_of(day)}.iso_encoding() - 1));
}

std::string period_text(const Period& period) {
  const std::chrono::year_month_day date{day_of(period.first_day)};
  const auto y = static_cast<int>(date.year());
  const auto m = static_cast<unsigned>(date.month()), d = static_cast<unsigned>(date.day());
  if (period.span == Span::day) return fmt::format("{:04}-{:02}-{:02}", y, m, d);
  if (period.span == Span::month) return fmt::format("{:04}-{:02}", y, m);
  // A week belongs to the year of its Thursday.
  const year of = std::chrono::year_month_day{day_of(period.first_day + 3)}.year();
  return fmt::format("{:04}-W{:02}", static_cast<int>(of),
                     (period.first_day - first_monday(of)) / 7 + 1);
}

}  // namespace offprint::feed
