#include "offprint/data/jinja_text.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"

namespace offprint::data::jinja {
namespace {

constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}
std::string upper_case(std::string_view text) {
  return utf8(icu::UnicodeString::fromUTF8(text).toUpper(icu::Locale::getRoot()));
}
uint32_t first_of(std::string_view character) { return decode_utf8(character, 0).value; }
// What Python's str.isspace() knows.
bool is_space(std::string_view character) {
  const uint32_t c = first_of(character);
  return (c >= 0x1c && c <= 0x1f) || c == 0x85 || u_isUWhiteSpace(static_cast<UChar32>(c));
}

std::string text_at(const Arguments& a, size_t at) {
  require(at < a.positional.size() && a.positional[at].text() != nullptr,
          "argument {} is {}, expected a string", at + 1,
          at < a.positional.size() ? kind(a.positional[at]) : "missing");
  return *a.positional[at].text();
}
int64_t count_at(const Arguments& a, size_t at) {
  for (const auto& [name, value] : a.named)
    if ((name == "maxsplit" || name == "count") && value.as<int64_t>()) return *value.as<int64_t>();
  if (at >= a.positional.size() || a.positional[at].as<int64_t>() == nullptr) return kNoLimit;
  const int64_t count = *a.positional[at].as<int64_t>();
  return count < 0 ? kNoLimit : count;
}
bool has_text(const Arguments& a) { return !a.positional.empty() && !a.positional[0].is_none(); }

List split_spaces(std::string_view text, int64_t most) {
  List parts;
  const auto all = characters(text);
  for (size_t at = 0; at < all.size();) {
    if (is_space(all[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    const bool is_rest = static_cast<int64_t>(parts.size()) == most;
    while (at < all.size() && (is_rest || !is_space(all[at]))) ++at;
    const std::string part(all[begin].data(), all[at - 1].data() + all[at - 1].size());
    parts.emplace_back(part);
  }
  return parts;
}

List split(std::string_view text, const std::string& by, int64_t most) {
  require(!by.empty(), "split by nothing");
  List parts;
  size_t at = 0;
  for (size_t end;
       static_cast<int64_t>(parts.size()) < most && (end = text.find(by, at)) != text.npos;
       at = end + by.size())
    parts.emplace_back(std::string(text.substr(at, end - at)));
  parts.emplace_back(std::string(text.substr(at)));
  return parts;
}

List split_from_right(std::string_view text, const std::string& by, int64_t most) {
  require(!by.empty(), "rsplit by nothing");
  List parts;
  for (size_t begin;
       static_cast<int64_t>(parts.size()) < most && (begin = text.rfind(by)) != text.npos;) {
    parts.emplace_back(std::string(text.substr(begin + by.size())));
    text = text.substr(0, begin);
  }
  parts.emplace_back(std::string(text));
  std::ranges::reverse(parts);
  return parts;
}

std::string replaced(std::string_view text, const std::string& old, const std::string& by,
                     int64_t most) {
  require(!old.empty(), "replace: nothing by something");
  std::string out;
  size_t at = 0;
  for (size_t end; most > 0 && (end = text.find(old, at)) != text.npos; --most) {
    (out += text.substr(at, end - at)) += by;
    at = end + old.size();
  }
  return out.append(text.substr(at));
}

std::string titled(std::string_view text, bool every_word) {
  icu::UnicodeString out;
  bool inside = false;
  for (const std::string_view c : characters(text)) {
    const auto letter = static_cast<UChar32>(first_of(c));
    out.append(inside ? u_tolower(letter) : u_totitle(letter));
    inside = every_word ? u_hasBinaryProperty(letter, UCHAR_CASED) != 0 : true;
  }
  return utf8(out);
}

bool starts(const std::string& text, const Value& with, bool at_end) {
  if (with.list() != nullptr)
    return std::ranges::any_of(*with.list(),
                               [&](const Value& v) { return starts(text, v, at_end); });
  require(with.text() != nullptr, "{}, expected a string", kind(with));
  return at_end ? text.ends_with(*with.text()) : text.starts_with(*with.text());
}

int64_t find_from(std::string_view text, std::string_view part) {
  const size_t at = text.find(part);
  return at == text.npos ? -1 : static_cast<int64_t>(characters(text.substr(0, at)).size());
}

struct Method {
  std::string_view name;
  Value (*call)(const std::string&, const Arguments&);
};

template <bool kLeft, bool kRight>
Value stripped(const std::string& text, const Arguments& a) {
  return strip(text, has_text(a) ? std::optional(text_at(a, 0)) : std::nullopt, kLeft, kRight);
}

constexpr auto kMethods = std::to_array<Method>({
    {"capitalize", [](const std::string& s, const Arguments&) { return Value(titled(s, false)); }},
    {"count",
     [](const std::string& s, const Arguments& a) {
       return Value(static_cast<int64_t>(split(s, text_at(a, 0), kNoLimit).size()) - 1);
     }},
    {"endswith",
     [](const std::string& s, const Arguments& a) {
       require(!a.positional.empty(), "endswith: nothing given");
       return Value(starts(s, a.positional[0], true));
     }},
    {"find",
     [](const std::string& s, const Arguments& a) { return Value(find_from(s, text_at(a, 0))); }},
    {"isdigit",
     [](const std::string& s, const Arguments&) {
       return Value(!s.empty() && s.find_first_not_of("0123456789") == s.npos);
     }},
    {"join",
     [](const std::string& s, const Arguments& a) {
       require(!a.positional.empty(), "join: nothing given");
       std::string out;
       bool first = true;
       for (const Value& item : items_of(a.positional[0])) {
         require(item.text() != nullptr, "join: {}, expected strings", kind(item));
         out += (first ? "" : s) + *item.text();
         first = false;
       }
       return Value(out);
     }},
    {"lower", [](const std::string& s, const Arguments&) { return Value(lower_case(s)); }},
    {"lstrip", stripped<true, false>},
    {"replace",
     [](const std::string& s, const Arguments& a) {
       return Value(replaced(s, text_at(a, 0), text_at(a, 1), count_at(a, 2)));
     }},
    {"rsplit",
     [](const std::string& s, const Arguments& a) {
       return make_list(has_text(a) ? split_from_right(s, text_at(a, 0), count_at(a, 1))
                                    : split_spaces(s, kNoLimit));
     }},
    {"rstrip", stripped<false, true>},
    {"split",
     [](const std::string& s, const Arguments& a) {
       return make_list(has_text(a) ? split(s, text_at(a, 0), count_at(a, 1))
                                    : split_spaces(s, count_at(a, 1)));
     }},
    {"splitlines",
     [](const std::string& s, const Arguments&) {
       List lines = split(s, "\n", kNoLimit);
       if (lines.back().text()->empty()) lines.pop_back();
       return make_list(std::move(lines));
     }},
    {"startswith",
     [](const std::string& s, const Arguments& a) {
       require(!a.positional.empty(), "startswith: nothing given");
       return Value(starts(s, a.positional[0], false));
     }},
    {"strip", stripped<true, true>},
    {"title", [](const std::string& s, const Arguments&) { return Value(titled(s, true)); }},
    {"upper", [](const std::string& s, const Arguments&) { return Value(upper_case(s)); }},
});

}  // namespace

bool is_text_method(std::string_view name) {
  return std::ranges::find(kMethods, name, &Method::name) != kMethods.end();
}

Value call_text_method(const std::string& text, std::string_view name, const Arguments& arguments) {
  const auto found = std::ranges::find(kMethods, name, &Method::name);
  require(found != kMethods.end(), "a string has no method '{}'", name);
  try {
    return found->call(text, arguments);
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

std::string strip(std::string_view text, const std::optional<std::string>& of, bool left,
                  bool right) {
  const auto all = characters(text);
  const auto set = characters(of.value_or(""));
  const auto goes = [&](std::string_view c) {
    return of ? std::ranges::find(set, c) != set.end() : is_space(c);
  };
  size_t begin = 0, end = all.size();
  while (left && begin < end && goes(all[begin])) ++begin;
  while (right && begin < end && goes(all[end - 1])) --end;
  if (begin == end) return "";
  return {all[begin].data(), all[end - 1].data() + all[end - 1].size()};
}

std::string lower_case(std::string_view text) {
  return utf8(icu::UnicodeString::fromUTF8(text).toLower(icu::Locale::getRoot()));
}

std::string titled_words(std::string_view text) {
  icu::UnicodeString out;
  bool begins = true;
  for (const std::string_view c : characters(text)) {
    const auto letter = static_cast<UChar32>(first_of(c));
    out.append(begins ? u_totitle(letter) : u_tolower(letter));
    begins = is_space(c) || std::string_view("-({[<").find(c) != std::string_view::npos;
  }
  return utf8(out);
}

bool has_case(std::string_view text, bool upper) {
  bool any = false;
  for (const std::string_view c : characters(text)) {
    const auto letter = static_cast<UChar32>(first_of(c));
    if (upper ? u_isULowercase(letter) : u_isUUppercase(letter)) return false;
    any = any || u_isUUppercase(letter) || u_isULowercase(letter);
  }
  return any;
}

std::string indent_lines(std::string_view text, const std::string& blanks, bool first, bool blank) {
  std::string out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const bool indents = at == 0 ? first : blank || !line.empty();
    (out += at == 0 ? "" : "\n") += indents ? blanks : "";
    out += line;
    at = end + 1;
  }
  return out;
}

}  // namespace offprint::data::jinja
