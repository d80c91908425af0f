#include "offprint/feed/query.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"
#include "offprint/feed/calendar.h"

namespace offprint::feed {
namespace {

constexpr size_t kMostBytes = 1000, kMostWords = 32;

std::string clean(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (out.size() + point.bytes > kMostBytes) break;
    const bool is_space = point.value < 0x20 || point.value == 0xfffd || point.value == 0xa0;
    if (is_space)
      out += ' ';
    else if (point.value == 0x201c || point.value == 0x201d)  // typographic quotes
      out += '"';
    else
      out += text.substr(at, point.bytes);
    at += point.bytes;
  }
  return out;
}

bool has_letter(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80;
  });
}

// "author:" and its value, a word or a phrase.
struct Filter {
  std::string_view name, value;
};

constexpr std::string_view kFilters[] = {"author", "year", "runs", "topic", "verdict"};

int year_of(std::string_view text, std::string_view whole) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require(text.size() == 4 && error == std::errc{} && end == text.data() + 4 && value >= 1,
          "year '{}', expected year:2023 or year:2020-2023", whole);
  return value;
}

int64_t start_of_year(int year) {
  return parse_period(Span::month, fmt::format("{:04}-01", year)).begins_at();
}

void apply_year(store::PaperFilter& filter, std::string_view value) {
  const size_t dash = value.find('-');
  const int first = year_of(value.substr(0, dash), value);
  const int last = dash == value.npos ? first : year_of(value.substr(dash + 1), value);
  require(first <= last && last < 9999, "year '{}', expected year:2023 or year:2020-2023", value);
  filter.published_from = start_of_year(first);
  filter.published_until = start_of_year(last + 1);
}

bool parse_runs(std::string_view value) {
  if (value == "yes" || value == "true" || value == "1") return true;
  if (value == "no" || value == "false" || value == "0") return false;
  fail("runs '{}', expected runs:yes or runs:no", value);
}

store::PaperFilter::Verdict parse_verdict(std::string_view value) {
  if (value == "holds") return store::PaperFilter::Verdict::all_hold;
  if (value == "fails") return store::PaperFilter::Verdict::some_fail;
  fail("verdict '{}', expected verdict:holds or verdict:fails", value);
}

void apply(Query& query, const Filter& filter) {
  if (filter.name == "author") query.authors.emplace_back(filter.value);
  if (filter.name == "year") apply_year(query.filter, filter.value);
  if (filter.name == "runs") query.filter.runs = parse_runs(filter.value);
  if (filter.name == "topic") query.filter.topic = filter.value;
  if (filter.name == "verdict") query.filter.verdict = parse_verdict(filter.value);
}

// Takes the text up to the next quote, or to the end where it is missing.
std::string_view take_phrase(std::string_view& rest) {
  rest.remove_prefix(1);
  const size_t end = std::min(rest.find('"'), rest.size());
  const std::string_view phrase = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return phrase;
}

// The filter that `rest` begins with, taken off; nothing where it begins with none.
std::optional<Filter> take_filter(std::string_view& rest) {
  for (const std::string_view name : kFilters) {
    if (!rest.starts_with(name) || rest.size() <= name.size() + 1 || rest[name.size()] != ':' ||
        rest[name.size() + 1] == ' ')
      continue;
    rest.remove_prefix(name.size() + 1);
    if (rest.front() == '"') return Filter{name, take_phrase(rest)};
    const size_t end = std::min(rest.find(' '), rest.size());
    const Filter filter{name, rest.substr(0, end)};
    rest.remove_prefix(end);
    return filter;
  }
  return std::nullopt;
}

}  // namespace

std::vector<store::Term> Query::terms() const {
  std::vector<store::Term> all = words;
  all.insert(all.end(), phrases.begin(), phrases.end());
  return all;
}

std::string Query::plain_text() const {
  std::string text;
  for (const store::Term& term : terms()) text += (text.empty() ? "" : " ") + term.text;
  return text;
}

Query parse_query(std::string_view text) {
  Query query;
  const std::string cleaned = clean(text);
  for (std::string_view rest = cleaned; !rest.empty();) {
    query.open = false;
    if (rest.front() == ' ') {
      rest.remove_prefix(1);
    } else if (rest.front() == '"') {
      const std::string_view phrase = take_phrase(rest);
      if (has_letter(phrase)) query.phrases.push_back({std::string(phrase)});
    } else if (const auto filter = take_filter(rest)) {
      apply(query, *filter);
    } else {
      const size_t end = std::min(rest.find_first_of(" \""), rest.size());
      const std::string_view word = rest.substr(0, end);
      rest.remove_prefix(end);
      if (!has_letter(word)) continue;
      query.words.push_back({std::string(word)});
      query.open = rest.empty() && has_letter(word.substr(word.size() - 1));
    }
    if (query.words.size() + query.phrases.size() == kMostWords) break;
  }
  return query;
}

}  // namespace offprint::feed
