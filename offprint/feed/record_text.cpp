#include "offprint/feed/record_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"
#include "offprint/data/timestamp.h"

namespace offprint::feed {
namespace {

constexpr auto kMonths = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
constexpr auto kDays =
    std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(at);
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(at), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

bool contains_any_case(std::string_view text, std::string_view lower_word) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; };
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) !=
         text.end();
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_space(c) || c == '\0') {
      if (!out.empty() && out.back() != ' ') out += ' ';
      ++at;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      out += c;
      ++at;
    } else {
      const CodePoint point = decode_utf8(text, at);
      // A malformed byte reads as U+FFFD of length 1.
      out += point.bytes == 1 ? std::string_view("\xef\xbf\xbd") : text.substr(at, point.bytes);
      at += point.bytes;
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string natural_name(std::string_view name) {
  const std::string whole = one_line(name);
  const size_t first = whole.find(','), last = whole.rfind(',');
  if (first == whole.npos) return whole;
  const std::string family = whole.substr(0, first), given = one_line(whole.substr(last + 1));
  const std::string suffix = first == last ? "" : whole.substr(first, last - first);
  return one_line(given + " " + family + suffix);
}

std::string family_first(std::string_view name) {
  const std::string whole = one_line(name);
  const size_t comma = whole.find(',');  // "Albert Gu, Jr."
  const std::vector<std::string_view> words = split(std::string_view(whole).substr(0, comma), " ");
  if (words.size() < 2) return whole;
  // Small words belong to the family name: "Aad van der Vaart".
  size_t family = words.size() - 1;
  while (family > 1 && words[family - 1].front() >= 'a' && words[family - 1].front() <= 'z')
    --family;
  std::string out, given;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string& part = i < family ? given : out;
    part += (part.empty() ? "" : " ") + std::string(words[i]);
  }
  if (comma != whole.npos) out += whole.substr(comma);
  return out + ", " + given;
}

std::optional<int64_t> parse_mail_date(std::string_view text) {
  const auto parts = split(text, " ,\t\r\n");
  const size_t at = !parts.empty() && !whole_number(parts[0]) ? 1 : 0;
  if (parts.size() < at + 4) return std::nullopt;
  const auto day = whole_number(parts[at]), year = whole_number(parts[at + 2]);
  const auto month = std::ranges::find(kMonths, parts[at + 1]);
  const auto clock = split(parts[at + 3], ":");
  if (!day || !year || month == kMonths.end() || clock.size() < 2 || clock.size() > 3 ||
      *year > 9999 || *year < 1)
    return std::nullopt;
  const auto date = std::chrono::year{*year} /
                    std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1} /
                    std::chrono::day{static_cast<unsigned>(*day)};
  if (!date.ok()) return std::nullopt;
  int64_t seconds = std::chrono::sys_days{date}.time_since_epoch().count() * 86400;
  for (int64_t unit = 3600; const std::string_view part : clock) {
    const auto value = whole_number(part);
    if (!value || *value > 60) return std::nullopt;
    seconds += unit * *value;
    unit /= 60;
  }
  // "+0200" is ahead of UTC; a name is taken for GMT, the only one arXiv writes.
  if (parts.size() > at + 4 && parts[at + 4].size() == 5)
    if (const auto zone = whole_number(parts[at + 4].substr(1)))
      seconds -= (parts[at + 4][0] == '-' ? -60 : 60) * (*zone / 100 * 60 + *zone % 100);
  return seconds;
}

std::string mail_date(int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
      clock.seconds().count());
}

std::optional<int64_t> parse_iso_date(std::string_view text) {
  const auto time = data::parse_time(one_line(text));
  if (!time) return std::nullopt;
  return static_cast<int64_t>(*time);
}

bool says_withdrawn(std::string_view comment, std::string_view abstract) {
  return contains_any_case(comment, "withdrawn") ||
         contains_any_case(abstract.substr(0, 200), "has been withdrawn");
}

}  // namespace offprint::feed
