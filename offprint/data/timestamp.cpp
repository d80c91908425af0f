#include "offprint/data/timestamp.h"

#include <fmt/format.h>

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

constexpr int64_t kDay = 86400;

bool is_leap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// Takes pieces off the front of a text; every take fails softly.
struct Scanner {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  char peek() const { return rest.empty() ? '\0' : rest.front(); }
  // A number of `least` to `most` digits; -1 if there is none.
  int number(size_t least, size_t most) {
    size_t n = 0;
    int value = 0;
    while (n < most && n < rest.size() && rest[n] >= '0' && rest[n] <= '9')
      value = value * 10 + (rest[n++] - '0');
    if (n < least) return -1;
    rest.remove_prefix(n);
    return value;
  }
};

// Hours and minutes ahead of UTC in seconds; nothing where the text is no zone.
std::optional<int64_t> parse_zone(Scanner& s) {
  s.take(' ');
  if (s.rest.empty() || s.take('Z') || s.take('z')) return 0;
  const int64_t sign = s.take('+') ? 1 : s.take('-') ? -1 : 0;
  const int hours = s.number(2, 2);
  int minutes = 0;
  if (s.take(':') || !s.rest.empty()) minutes = s.number(2, 2);
  if (sign == 0 || hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

std::optional<double> parse_fraction(Scanner& s) {
  double value = 0, unit = 0.1;
  size_t digits = 0;
  for (; s.peek() >= '0' && s.peek() <= '9'; ++digits, unit /= 10) {
    value += unit * (s.peek() - '0');
    s.rest.remove_prefix(1);
  }
  if (digits == 0 || digits > 12) return std::nullopt;
  return value;
}

}  // namespace

// Counts from 1 March, so that the leap day ends a year, in eras of 400 years.
int64_t days_from_civil(int64_t year, int month, int day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719468;
}

std::optional<double> parse_time(std::string_view text) {
  Scanner s{text};
  const int year = s.number(4, 4);
  const char separator = s.peek();
  if (year < 1 || (separator != '-' && separator != '/')) return std::nullopt;
  s.take(separator);
  const int month = s.number(1, 2);
  if (month < 1 || month > 12) return std::nullopt;
  int day = 1;
  const bool has_day = s.take(separator);
  if (has_day) day = s.number(1, 2);
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  const auto date = static_cast<double>(days_from_civil(year, month, day) * kDay);
  if (s.rest.empty()) return date;
  if (!has_day || !(s.take('T') || s.take('t') || s.take(' '))) return std::nullopt;

  const int hour = s.number(1, 2);
  if (!s.take(':')) return std::nullopt;
  const int minute = s.number(2, 2);
  int second = 0;
  double fraction = 0;
  if (s.take(':')) {
    second = s.number(2, 2);
    if (s.peek() == '.' || s.peek() == ',') {
      s.rest.remove_prefix(1);
      const auto parsed = parse_fraction(s);
      if (!parsed) return std::nullopt;
      fraction = *parsed;
    }
  }
  // 24:00 ends a day and :60 is a leap second: both are the next instant that exists here.
  const bool exists = hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && second >= 0 &&
                      second <= 60 && (hour < 24 || (minute == 0 && second == 0 && fraction == 0));
  const auto zone = parse_zone(s);
  if (!exists || !zone || !s.rest.empty()) return std::nullopt;
  return date + static_cast<double>(hour * 3600 + minute * 60 + second - *zone) + fraction;
}

std::string time_text(double seconds) {
  constexpr double kFirst = -62135596800.0, kEnd = 253402300800.0;  // years 0001 and 10000
  require(seconds >= kFirst && seconds < kEnd, "time_text: {} s is not within the years 1 to 9999",
          seconds);
  const double rounded = std::round(seconds * 1e6) / 1e6;
  const auto whole = static_cast<int64_t>(std::floor(rounded));
  const auto micros =
      static_cast<int64_t>(std::round((rounded - static_cast<double>(whole)) * 1e6));
  const int64_t days = (whole >= 0 ? whole : whole - (kDay - 1)) / kDay, left = whole - days * kDay;
  int64_t year = 1970 + days / 366;  // at most a few years off; the loops below settle it
  while (days_from_civil(year + 1, 1, 1) <= days) ++year;
  while (days_from_civil(year, 1, 1) > days) --year;
  int month = 1;
  while (month < 12 && days_from_civil(year, month + 1, 1) <= days) ++month;
  const int64_t day = days - days_from_civil(year, month, 1) + 1;
  std::string text = fmt::format("{:04}-{:02}-{:02}", year, month, day);
  if (left == 0 && micros == 0) return text;
  text += fmt::format("T{:02}:{:02}:{:02}", left / 3600, left / 60 % 60, left % 60);
  if (micros != 0) {
    text += fmt::format(".{:06}", micros);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

}  // namespace offprint::data
