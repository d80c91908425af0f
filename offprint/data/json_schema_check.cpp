#include "offprint/data/json_schema_check.h"

#include <unicode/regex.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"

namespace offprint::data {
namespace {

constexpr int kDeepest = 400;                 // references and branches below each other
constexpr int32_t kPatternMilliseconds = 50;  // ICU counts steps of about a millisecond
constexpr int kShownWidth = 60;

std::string shown(const Json& value) { return shorten_to_width(json_text(value), kShownWidth); }

bool is_of_type(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type != "integer") return false;
  return value.is_number_integer() ||
         (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
}

enum class Match { yes, no, broken };

Match matches(const std::string& text, const std::string& pattern) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString words = icu::UnicodeString::fromUTF8(text);
  icu::RegexMatcher matcher(icu::UnicodeString::fromUTF8(pattern), words, 0, status);
  if (U_FAILURE(status)) return Match::broken;
  matcher.setTimeLimit(kPatternMilliseconds, status);
  const bool found = matcher.find(status);
  return U_FAILURE(status) ? Match::broken : found ? Match::yes : Match::no;
}

// Empty for formats that are not looked at.
std::string pattern_of(const std::string& format) {
  const std::string date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
  const std::string time =
      "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?([zZ]|[+-]([01][0-9]|2[0-3]):[0-5]"
      "[0-9])";
  const std::string byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  if (format == "date") return "^" + date + "$";
  if (format == "time") return "^" + time + "$";
  if (format == "date-time") return "^" + date + "[tT ]" + time + "$";
  if (format == "email") return "^[^@\\s]+@[^@\\s]+$";
  if (format == "uuid") return "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
  if (format == "ipv4") return "^" + byte + "(\\." + byte + "){3}$";
  return "";
}

class Check {
 public:
  explicit Check(const Json& root) : root_(root) {}

  std::string problem(const Json& value, const Json& schema, const std::string& at,
                      int depth) const {
    if (schema.is_boolean())
      return schema.get<bool>() ? "" : place(at) + "nothing may stand here, got " + shown(value);
    if (!schema.is_object()) return "";
    if (depth > kDeepest) return place(at) + "too deep a schema";
    using Part = std::string (Check::*)(const Json&, const Json&, const std::string&, int) const;
    for (const Part part : {&Check::reference, &Check::kind, &Check::size_of_number, &Check::text,
                            &Check::items, &Check::members, &Check::branches})
      if (std::string wrong = (this->*part)(value, schema, at, depth); !wrong.empty()) return wrong;
    return "";
  }

 private:
  static std::string place(const std::string& at) { return (at.empty() ? "/" : at) + ": "; }
  static const Json* find(const Json& schema, const char* key) {
    const auto it = schema.find(key);
    return it == schema.end() ? nullptr : &*it;
  }
  bool fits(const Json& value, const Json& schema, const std::string& at, int depth) const {
    return problem(value, schema, at, depth + 1).empty();
  }

  std::string reference(const Json& value, const Json& schema, const std::string& at,
                        int depth) const {
    const Json* to = find(schema, "$ref");
    if (!to || !to->is_string()) return "";
    const auto text = to->get<std::string>();
    if (!text.starts_with("#")) return "";
    try {
      return problem(value, root_.at(Json::json_pointer(text.substr(1))), at, depth + 1);
    } catch (const Json::exception&) {
      return fmt::format("{}the schema refers to '{}', which is not there", place(at), text);
    }
  }

  std::string kind(const Json& value, const Json& schema, const std::string& at, int) const {
    if (const Json* type = find(schema, "type")) {
      const Json types = type->is_array() ? *type : Json::array({*type});
      const bool fits = std::ranges::any_of(types, [&](const Json& t) {
        return t.is_string() && is_of_type(value, t.get<std::string>());
      });
      if (!fits) {
        std::string expected;
        for (const Json& t : types)
          expected +=
              (expected.empty() ? "" : " or ") + (t.is_string() ? t.get<std::string>() : "?");
        return fmt::format("{}{} is {}, expected {}", place(at), shown(value), json_kind(value),
                           expected);
      }
    }
    if (const Json* values = find(schema, "enum"))
      if (values->is_array() && std::ranges::count(*values, value) == 0)
        return fmt::format("{}{} is none of {}", place(at), shown(value), shown(*values));
    if (const Json* only = find(schema, "const"); only && *only != value)
      return fmt::format("{}{} is not {}", place(at), shown(value), shown(*only));
    return "";
  }

  std::string size_of_number(const Json& value, const Json& schema, const std::string& at,
                             int) const {
    if (!value.is_number()) return "";
    const std::pair<const char*, std::function<bool(const Json&)>> bounds[] = {
        {"minimum", [&](const Json& b) { return value >= b; }},
        {"maximum", [&](const Json& b) { return value <= b; }},
        {"exclusiveMinimum", [&](const Json& b) { return value > b; }},
        {"exclusiveMaximum", [&](const Json& b) { return value < b; }},
        {"multipleOf", [&](const Json& b) {
           const double times = value.get<double>() / b.get<double>();
           return std::isfinite(times) && std::abs(times - std::round(times)) < 1e-9;
         }}};
    for (const auto& [key, holds] : bounds)
      if (const Json* bound = find(schema, key); bound && bound->is_number() && !holds(*bound))
        return fmt::format("{}{} against {} {}", place(at), shown(value), key, shown(*bound));
    return "";
  }

  // A count against the two bounds that the schema has for it.
  static std::string count(int64_t n, const char* what, const Json& schema, const char* least,
                           const char* most, const std::string& at) {
    for (const char* key : {least, most}) {
      const Json* bound = find(schema, key);
      if (!bound || !bound->is_number()) continue;
      const auto limit = bound->get<double>();
      if (key == least ? static_cast<double>(n) < limit : static_cast<double>(n) > limit)
        return fmt::format("{}{} {} against {} {}", place(at), n, what, key, shown(*bound));
    }
    return "";
  }

  std::string text(const Json& value, const Json& schema, const std::string& at, int) const {
    if (!value.is_string()) return "";
    const auto words = value.get<std::string>();
    const auto length = std::ranges::count_if(
        words, [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; });
    if (auto wrong = count(length, "characters", schema, "minLength", "maxLength", at);
        !wrong.empty())
      return wrong;
    if (const Json* pattern = find(schema, "pattern"); pattern && pattern->is_string()) {
      const Match match = matches(words, pattern->get<std::string>());
      if (match == Match::broken)
        return fmt::format("{}the schema's pattern {} cannot be used", place(at), shown(*pattern));
      if (match == Match::no)
        return fmt::format("{}{} does not match {}", place(at), shown(value), shown(*pattern));
    }
    const Json* format = find(schema, "format");
    const std::string form =
        format && format->is_string() ? pattern_of(format->get<std::string>()) : "";
    if (!form.empty() && matches(words, form) != Match::yes)
      return fmt::format("{}{} is no {}", place(at), shown(value), format->get<std::string>());
    return "";
  }

  std::string items(const Json& value, const Json& schema, const std::string& at, int depth) const {
    if (!value.is_array()) return "";
    const auto n = std::ssize(value);
    if (auto wrong = count(n, "items", schema, "minItems", "maxItems", at); !wrong.empty())
      return wrong;
    const Json* first = find(schema, "prefixItems");
    const size_t fixed = first && first->is_array() ? first->size() : 0;
    for (size_t i = 0; i < value.size(); ++i) {
      const Json* own = i < fixed ? &(*first)[i] : find(schema, "items");
      if (!own) continue;
      if (auto wrong = problem(value[i], *own, fmt::format("{}/{}", at, i), depth + 1);
          !wrong.empty())
        return wrong;
    }
    if (const Json* unique = find(schema, "uniqueItems"); unique && *unique == true) {
      std::vector<Json> sorted(value.begin(), value.end());
      std::ranges::sort(sorted);
      if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
        return fmt::format("{}{} is there twice", place(at), shown(*twice));
    }
    if (const Json* wanted = find(schema, "contains")) {
      const auto found = std::ranges::count_if(
          value, [&](const Json& item) { return fits(item, *wanted, at, depth); });
      if (!find(schema, "minContains") && found == 0)
        return fmt::format("{}no item is as 'contains' asks", place(at));
      return count(found, "items as 'contains' asks", schema, "minContains", "maxContains", at);
    }
    return "";
  }

  std::string members(const Json& value, const Json& schema, const std::string& at,
                      int depth) const {
    if (!value.is_object()) return "";
    if (const Json* required = find(schema, "required"); required && required->is_array())
      for (const Json& name : *required)
        if (name.is_string() && !value.contains(name.get<std::string>()))
          return fmt::format("{}'{}' is missing", place(at), name.get<std::string>());
    if (auto wrong =
            count(std::ssize(value), "members", schema, "minProperties", "maxProperties", at);
        !wrong.empty())
      return wrong;
    const Json none = Json::object();
    const Json& known = find(schema, "properties") ? *find(schema, "properties") : none;
    const Json& named =
        find(schema, "patternProperties") ? *find(schema, "patternProperties") : none;
    const Json* others = find(schema, "additionalProperties");
    const Json* names = find(schema, "propertyNames");
    for (const auto& [name, member] : value.items()) {
      const std::string inside = at + "/" + name;
      if (names)
        if (auto wrong = problem(name, *names, inside, depth + 1); !wrong.empty()) return wrong;
      std::vector<const Json*> own;
      if (known.contains(name)) own.push_back(&known[name]);
      for (const auto& [pattern, part] : named.items())
        if (matches(name, pattern) == Match::yes) own.push_back(&part);
      if (own.empty() && others) {
        if (*others == false)
          return fmt::format("{}'{}' is not one of its members", place(at), name);
        own.push_back(others);
      }
      for (const Json* part : own)
        if (auto wrong = problem(member, *part, inside, depth + 1); !wrong.empty()) return wrong;
    }
    return "";
  }

  std::string branches(const Json& value, const Json& schema, const std::string& at,
                       int depth) const {
    if (const Json* all = find(schema, "allOf"); all && all->is_array())
      for (const Json& part : *all)
        if (auto wrong = problem(value, part, at, depth + 1); !wrong.empty()) return wrong;
    for (const char* key : {"anyOf", "oneOf"}) {
      const Json* ways = find(schema, key);
      if (!ways || !ways->is_array() || ways->empty()) continue;
      int64_t fitting = 0;
      std::string last;
      for (const Json& way : *ways) {
        std::string wrong = problem(value, way, at, depth + 1);
        if (wrong.empty())
          ++fitting;
        else
          last = std::move(wrong);
      }
      if (fitting == 0)
        return ways->size() == 1 ? last
                                 : fmt::format("{}{} is none of the {} kinds in {}", place(at),
                                               shown(value), ways->size(), key);
      if (key == std::string_view("oneOf") && fitting > 1)
        return fmt::format("{}{} is {} of the kinds in oneOf, expected one", place(at),
                           shown(value), fitting);
    }
    if (const Json* none = find(schema, "not"); none && fits(value, *none, at, depth))
      return fmt::format("{}{} is what 'not' forbids", place(at), shown(value));
    if (const Json* condition = find(schema, "if")) {
      const Json* then = find(schema, fits(value, *condition, at, depth) ? "then" : "else");
      if (then) return problem(value, *then, at, depth + 1);
    }
    return "";
  }

  const Json& root_;
};

}  // namespace

std::string schema_problem(const Json& document, const Json& schema) {
  return schema_problem(document, schema, schema);
}

std::string schema_problem(const Json& document, const Json& schema, const Json& root) {
  return Check(root).problem(document, schema, "", 0);
}

}  // namespace offprint::data
