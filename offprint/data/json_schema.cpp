#include "offprint/data/json_schema.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "offprint/core/error.h"

namespace offprint::data {
namespace {

constexpr int64_t kMostDigits = 18, kMostExponent = 2, kMostIndent = 40;
constexpr int64_t kMostRepeats = 2000;
constexpr int kMostReferences = 50;  // one after the other

using Piece = Grammar::Piece;

const std::set<std::string> kNotes = {
    "title", "description", "default",   "examples",    "$comment",   "$schema", "$id",
    "$defs", "readOnly",    "writeOnly", "definitions", "deprecated", "$anchor"};
// Keywords that say something of one type alone.
const std::map<std::string, std::string> kOfType = {{"properties", "object"},
                                                    {"required", "object"},
                                                    {"additionalProperties", "object"},
                                                    {"items", "array"},
                                                    {"prefixItems", "array"},
                                                    {"minItems", "array"},
                                                    {"maxItems", "array"},
                                                    {"minLength", "string"},
                                                    {"maxLength", "string"},
                                                    {"minimum", "integer"},
                                                    {"maximum", "integer"},
                                                    {"exclusiveMinimum", "integer"},
                                                    {"exclusiveMaximum", "integer"}};

class Writer {
 public:
  Writer(const Json& root, std::string_view source) : root_(root), source_(source) {}

  GrammarRule write() {
    space_ = g_.declare();
    g_.define(space_, g_.choice({g_.empty(), g_.text(" "),
                                 g_.sequence({g_.text("\n"), g_.repeat([&] { return g_.text(" "); },
                                                                       0, kMostIndent)})}));
    character_ = g_.declare();
    g_.define(character_, character());
    plain_string_ = g_.declare();
    g_.define(plain_string_, g_.sequence({g_.text("\""), string_body(0, -1), g_.text("\"")}));
    number_ = g_.declare();
    g_.define(number_, number());
    anything_ = g_.declare();
    g_.define(anything_, anything());
    const int32_t all = g_.declare();
    g_.define(all, schema(root_, ""));
    return {std::move(g_), all};
  }

 private:
  [[noreturn]] void wrong(const std::string& where, const std::string& what) const {
    fail("{}: {}: {}", source_, where.empty() ? "/" : where, what);
  }
  Piece space() { return g_.call(space_); }

  Piece hex(const char* low, const char* high) {  // four hexadecimal digits, in either case
    std::vector<Piece> digits;
    for (int i = 0; i < 4; ++i) digits.push_back(digit(low[i], high[i]));
    return g_.sequence(digits);
  }
  Piece digit(char low, char high) {
    std::vector<Piece> ways;
    const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    for (int v = value(low); v <= value(high); ++v) {
      const char* upper = "0123456789ABCDEF";
      const char* lower = "0123456789abcdef";
      ways.push_back(g_.text({upper + v, 1}));
      if (v > 9) ways.push_back(g_.text({lower + v, 1}));
    }
    return g_.choice(ways);
  }
  Piece character() {
    const auto u = [&] { return g_.text("\\u"); };
    std::vector<Piece> ways = {g_.characters(0x20, 0x21), g_.characters(0x23, 0x5B),
                               g_.characters(0x5D, 0x10FFFF)};
    for (const char* escape : {"\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"})
      ways.push_back(g_.text(escape));
    ways.push_back(g_.sequence({u(), hex("0000", "CFFF")}));
    ways.push_back(g_.sequence({u(), hex("D000", "D7FF")}));
    ways.push_back(g_.sequence({u(), hex("E000", "FFFF")}));
    // One character beyond 0xFFFF is a pair of surrogates; half of one is no text.
    ways.push_back(g_.sequence({u(), hex("D800", "DBFF"), u(), hex("DC00", "DFFF")}));
    return g_.choice(ways);
  }
  Piece string_body(int64_t least, int64_t most) {
    return g_.repeat([&] { return g_.call(character_); }, least, most);
  }

  Piece digits(int64_t least, int64_t most) {
    return g_.repeat([&] { return g_.bytes('0', '9'); }, least, most);
  }
  Piece whole() {  // without sign
    return g_.choice({g_.text("0"), g_.sequence({g_.bytes('1', '9'), digits(0, kMostDigits - 1)})});
  }
  Piece maybe(Piece piece) { return g_.choice({g_.empty(), piece}); }
  Piece number() {
    const Piece fraction = g_.sequence({g_.text("."), digits(1, kMostDigits)});
    const Piece exponent =
        g_.sequence({g_.choice({g_.text("e"), g_.text("E")}),
                     maybe(g_.choice({g_.text("+"), g_.text("-")})), digits(1, kMostExponent)});
    return g_.sequence({maybe(g_.text("-")), whole(), maybe(fraction), maybe(exponent)});
  }

  // Whole numbers of as many digits from low to high, digits as text of equal length.
  Piece digits_between(const std::string& low, const std::string& high) {
    if (low.empty()) return g_.empty();
    const auto d = [&](char a, char b) {
      return g_.bytes(static_cast<uint8_t>(a), static_cast<uint8_t>(b));
    };
    if (low[0] == high[0])
      return g_.sequence({d(low[0], low[0]), digits_between(low.substr(1), high.substr(1))});
    const size_t rest = low.size() - 1;
    const int64_t length = static_cast<int64_t>(rest);
    std::vector<Piece> ways = {
        g_.sequence({d(low[0], low[0]), digits_between(low.substr(1), std::string(rest, '9'))}),
        g_.sequence({d(high[0], high[0]), digits_between(std::string(rest, '0'), high.substr(1))})};
    if (high[0] - low[0] > 1)
      ways.push_back(g_.sequence({d(static_cast<char>(low[0] + 1), static_cast<char>(high[0] - 1)),
                                  digits(length, length)}));
    return g_.choice(ways);
  }
  Piece not_negative(int64_t low, int64_t high) {
    std::vector<Piece> ways;
    for (size_t n = std::to_string(low).size(); n <= std::to_string(high).size(); ++n) {
      const int64_t first = n == 1 ? 0 : std::stoll("1" + std::string(n - 1, '0'));
      const int64_t last = std::stoll(std::string(n, '9'));
      ways.push_back(digits_between(std::to_string(std::max(low, first)),
                                    std::to_string(std::min(high, last))));
    }
    return g_.choice(ways);
  }

  std::optional<int64_t> bound(const Json& s, const char* key, const std::string& where) {
    if (!s.contains(key)) return std::nullopt;
    const Json& value = s[key];
    if (!value.is_number_integer()) wrong(where, fmt::format("'{}' must be a whole number", key));
    const auto number = value.get<int64_t>();
    if (std::abs(number) >= 1'000'000'000'000'000'000)
      wrong(where, fmt::format("'{}' is beyond 18 digits", key));
    return number;
  }
  Piece integer(const Json& s, const std::string& where) {
    auto low = bound(s, "minimum", where), high = bound(s, "maximum", where);
    if (const auto above = bound(s, "exclusiveMinimum", where))
      low = std::max(low.value_or(*above + 1), *above + 1);
    if (const auto below = bound(s, "exclusiveMaximum", where))
      high = std::min(high.value_or(*below - 1), *below - 1);
    if (!low && !high) return g_.sequence({maybe(g_.text("-")), whole()});
    const int64_t most = 999'999'999'999'999'999;
    const int64_t a = low.value_or(-most), b = high.value_or(most);
    if (a > b) wrong(where, fmt::format("no whole number from {} to {}", a, b));
    std::vector<Piece> ways;
    if (b >= 0) ways.push_back(not_negative(std::max<int64_t>(a, 0), b));
    if (a < 0)
      ways.push_back(g_.sequence({g_.text("-"), not_negative(std::max<int64_t>(-b, 1), -a)}));
    return g_.choice(ways);
  }

  std::pair<int64_t, int64_t> counts(const Json& s, const char* least, const char* most,
                                     const std::string& where) {
    const int64_t a = bound(s, least, where).value_or(0), b = bound(s, most, where).value_or(-1);
    if (a < 0 || (s.contains(most) && b < a))
      wrong(where, fmt::format("'{}' and '{}' leave nothing", least, most));
    if (a > kMostRepeats || b > kMostRepeats)
      wrong(where, fmt::format("'{}' and '{}' go to {} at most", least, most, kMostRepeats));
    return {a, b};
  }

  Piece with_comma(Piece piece) { return g_.sequence({g_.text(","), space(), piece}); }

  Piece array(const Json& s, const std::string& where) {
    const auto [least, most] = counts(s, "minItems", "maxItems", where);
    std::vector<int32_t> first;
    if (s.contains("prefixItems") && !s["prefixItems"].is_array())
      wrong(where, "'prefixItems' must be a list");
    if (s.contains("prefixItems"))
      for (size_t i = 0; i < s["prefixItems"].size(); ++i)
        first.push_back(rule_of(s["prefixItems"][i], fmt::format("{}/prefixItems/{}", where, i)));
    const bool none = s.contains("items") && s["items"] == Json(false);
    const int32_t rest = none                  ? 0
                         : s.contains("items") ? rule_of(s["items"], where + "/items")
                                               : anything_;
    const auto fixed = static_cast<int64_t>(first.size());
    if (none && least > fixed) wrong(where, "'minItems' is more than there may be");
    // From the last on: what may follow the first i items, of which there must be `least`.
    const auto item = [&](int64_t i) {
      const Piece value = g_.call(i < fixed ? first[static_cast<size_t>(i)] : rest);
      return i == 0 ? value : with_comma(value);
    };
    int64_t listed = std::max(fixed, std::max<int64_t>(least, 1));
    if (none) listed = fixed;
    if (most >= 0) listed = most < listed || none ? std::min(most, listed) : listed;
    Piece tail = none || most == 0 ? g_.empty()
                 : most < 0        ? g_.repeat([&] { return item(listed); }, 0, -1)
                                   : g_.repeat([&] { return item(listed); }, 0,
                                        std::max<int64_t>(0, most - listed));
    for (int64_t i = listed; i-- > 0;) {
      const Piece more = g_.sequence({item(i), tail});
      tail = i >= least ? maybe(more) : more;
    }
    return g_.sequence({g_.text("["), space(), tail, space(), g_.text("]")});
  }

  // A name that is none of these, with its quotes; without escapes where there are any.
  Piece other_name(std::vector<std::string> names) {
    if (names.empty()) return g_.call(plain_string_);
    // Without escapes none of these can be written anyway.
    std::erase_if(names, [](const std::string& name) {
      return std::ranges::any_of(
          name, [](char c) { return c == '"' || c == '\\' || static_cast<uint8_t>(c) < 0x20; });
    });
    struct Level {
      Piece operator()(Writer& w, const std::vector<std::string>& left) const {
        const auto rest = [&] { return w.g_.repeat([&] { return w.plain_character({}); }, 0, -1); };
        std::map<char, std::vector<std::string>> next;
        bool taken = false;
        for (const std::string& name : left) {
          if (name.empty())
            taken = true;
          else
            next[name[0]].push_back(name.substr(1));
        }
        std::vector<Piece> ways;
        if (!taken) ways.push_back(w.g_.empty());
        std::vector<char> skip;
        for (const auto& [c, below] : next) {
          ways.push_back(w.g_.sequence({w.g_.text({&c, 1}), (*this)(w, below)}));
          skip.push_back(c);
        }
        ways.push_back(w.g_.sequence({w.plain_character(skip), rest()}));
        return w.g_.choice(ways);
      }
    };
    return g_.sequence({g_.text("\""), Level{}(*this, names), g_.text("\"")});
  }
  // A character that needs no escape, none of these.
  Piece plain_character(std::vector<char> skip) {
    skip.insert(skip.end(), {'"', '\\'});
    std::vector<Piece> ways = {g_.characters(0x80, 0x10FFFF)};
    for (uint8_t c = 0x20; c < 0x80; ++c)
      if (std::ranges::count(skip, static_cast<char>(c)) == 0) ways.push_back(g_.bytes(c, c));
    return g_.choice(ways);
  }

  Piece object(const Json& s, const std::string& where) {
    const Json none = Json::object();
    const Json& properties = s.contains("properties") ? s["properties"] : none;
    if (!properties.is_object()) wrong(where, "'properties' must be an object");
    std::set<std::string> required;
    if (s.contains("required") && !s["required"].is_array())
      wrong(where, "'required' must be a list");
    if (s.contains("required"))
      for (const Json& name : s["required"]) {
        if (!name.is_string()) wrong(where, "'required' must list names");
        required.insert(name.get<std::string>());
      }
    std::vector<std::string> names;
    std::vector<std::function<Piece()>> members;
    const auto member = [&](Piece name, int32_t value) {
      return g_.sequence({name, space(), g_.text(":"), space(), g_.call(value)});
    };
    const Json& more = s.contains("additionalProperties") ? s["additionalProperties"] : Json(true);
    const bool open = more != Json(false);
    const int32_t other = !open                ? 0
                          : more == Json(true) ? anything_
                                               : rule_of(more, where + "/additionalProperties");
    for (const auto& [name, value] : properties.items()) {
      names.push_back(name);
      // Names beyond ASCII would need other_name to part characters, not bytes.
      if (open && std::ranges::any_of(name, [](char c) { return static_cast<uint8_t>(c) >= 0x80; }))
        wrong(where + "/properties/" + name,
              "a name beyond ASCII needs \"additionalProperties\": false");
      const int32_t rule = rule_of(value, where + "/properties/" + name);
      const std::string quoted = json_text(Json(name));
      members.emplace_back([=, this] { return member(g_.text(quoted), rule); });
    }
    std::vector<bool> must;
    for (const std::string& name : names) must.push_back(required.erase(name) > 0);
    for (const std::string& name : required) {  // required, of which nothing else is said
      if (!open) wrong(where, fmt::format("'{}' is required and not allowed", name));
      names.push_back(name), must.push_back(true);
      members.emplace_back([=, this] { return member(g_.text(json_text(Json(name))), other); });
    }
    // begun: a member stands before, so that a comma must. From the last on.
    const int32_t extra = g_.declare();
    if (open) g_.define(extra, member(other_name(names), other));
    const auto rest = [&](bool begun) {
      if (!open) return g_.empty();
      const auto again = [&] { return with_comma(g_.call(extra)); };
      if (begun) return g_.repeat(again, 0, -1);
      return maybe(g_.sequence({g_.call(extra), g_.repeat(again, 0, -1)}));
    };
    int32_t after_begun = g_.declare(), after_none = g_.declare();
    g_.define(after_begun, rest(true)), g_.define(after_none, rest(false));
    for (size_t i = members.size(); i-- > 0;) {
      const int32_t begun = g_.declare(), fresh = g_.declare();
      std::vector<Piece> ways = {g_.sequence({with_comma(members[i]()), g_.call(after_begun)})};
      std::vector<Piece> first = {g_.sequence({members[i](), g_.call(after_begun)})};
      if (!must[i]) ways.push_back(g_.call(after_begun)), first.push_back(g_.call(after_none));
      g_.define(begun, g_.choice(ways)), g_.define(fresh, g_.choice(first));
      after_begun = begun, after_none = fresh;
    }
    return g_.sequence({g_.text("{"), space(), g_.call(after_none), space(), g_.text("}")});
  }

  Piece literal(const Json& value) {
    if (value.is_array() || value.is_object()) {
      std::vector<Piece> parts = {g_.text(value.is_array() ? "[" : "{"), space()};
      bool begun = false;
      for (const auto& [name, part] : value.items()) {
        if (begun) parts.push_back(g_.sequence({g_.text(","), space()}));
        begun = true;
        if (value.is_object())
          parts.push_back(
              g_.sequence({g_.text(json_text(Json(name))), space(), g_.text(":"), space()}));
        parts.push_back(literal(part));
      }
      parts.push_back(space()), parts.push_back(g_.text(value.is_array() ? "]" : "}"));
      return g_.sequence(parts);
    }
    return g_.text(json_text(value));
  }

  static bool is_type(const Json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    return json_kind_name(value) == type;
  }
  static std::string json_kind_name(const Json& value) {
    if (value.is_number()) return "number";
    if (value.is_null()) return "null";
    if (value.is_boolean()) return "boolean";
    if (value.is_string()) return "string";
    return value.is_array() ? "array" : "object";
  }
  Piece literals(const Json& values, const std::vector<std::string>& types,
                 const std::string& where) {
    std::vector<Piece> ways;
    for (const Json& value : values)
      if (types.empty() ||
          std::ranges::any_of(types, [&](const auto& t) { return is_type(value, t); }))
        ways.push_back(literal(value));
    if (ways.empty()) wrong(where, "no value is of the type");
    return g_.choice(ways);
  }

  Piece of_type(const std::string& type, const Json& s, const std::string& where) {
    if (type == "null") return g_.text("null");
    if (type == "boolean") return g_.choice({g_.text("true"), g_.text("false")});
    if (type == "integer") return integer(s, where);
    if (type == "number") {
      for (const char* key : {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
        if (s.contains(key))
          wrong(where, fmt::format("'{}' is supported on \"type\": \"integer\" alone", key));
      return g_.call(number_);
    }
    if (type == "string") {
      const auto [least, most] = counts(s, "minLength", "maxLength", where);
      return g_.sequence({g_.text("\""), string_body(least, most), g_.text("\"")});
    }
    if (type == "array") return array(s, where);
    if (type == "object") return object(s, where);
    wrong(where, fmt::format("no type '{}'", type));
  }

  Piece anything() {
    const Json all = Json::object();
    return g_.choice({g_.text("null"), g_.text("true"), g_.text("false"), g_.call(number_),
                      g_.call(plain_string_), array(all, ""), object(all, "")});
  }

  std::vector<std::string> types_of(const Json& s, const std::string& where) {
    if (!s.contains("type")) return {};
    if (s["type"].is_string()) return {s["type"].get<std::string>()};
    if (!s["type"].is_array() || s["type"].empty()) wrong(where, "'type' must be a name or a list");
    std::vector<std::string> types;
    for (const Json& type : s["type"]) {
      if (!type.is_string()) wrong(where, "'type' must list names");
      types.push_back(type.get<std::string>());
    }
    return types;
  }

  // A rule a schema, by where it stands, so that schemas may refer to themselves.
  int32_t rule_of(const Json& s, const std::string& where, int references = 0) {
    if (references > kMostReferences) wrong(where, "references that lead to each other alone");
    if (s.is_object() && s.contains("$ref")) {
      only(s, {"$ref"}, where);
      if (!s["$ref"].is_string()) wrong(where, "'$ref' must be a text");
      const std::string to = s["$ref"].get<std::string>();
      if (!to.starts_with('#')) wrong(where, fmt::format("'{}' is outside of the document", to));
      try {
        return rule_of(root_.at(Json::json_pointer(to.substr(1))), to.substr(1), references + 1);
      } catch (const Json::exception&) {
        wrong(where, fmt::format("nothing stands at '{}'", to));
      }
    }
    const auto [it, fresh] = rules_.try_emplace(where, 0);
    if (!fresh) return it->second;
    const int32_t rule = it->second = g_.declare();
    g_.define(rule, schema(s, where));
    return rule;
  }

  void only(const Json& s, const std::set<std::string>& keys, const std::string& where) {
    for (const auto& [key, value] : s.items())
      if (!keys.contains(key) && !kNotes.contains(key))
        wrong(where, fmt::format("'{}' is not supported here", key));
  }

  // Kinds of JSON that a branch may be, to tell that two branches cannot both hold.
  std::set<std::string> kinds(const Json& s, const std::string& where) {
    std::set<std::string> all;
    if (s.is_object() && s.contains("const")) return {"=" + s["const"].dump()};
    if (s.is_object() && s.contains("enum")) {
      for (const Json& value : s["enum"]) all.insert("=" + value.dump());
      return all;
    }
    if (s.is_object())
      for (const std::string& type : types_of(s, where))
        all.insert(type == "integer" ? "number" : type);
    return all;
  }
  void check_apart(const Json& branches, const std::string& where) {
    std::set<std::string> seen;
    bool literals = false, whole = false;
    for (const Json& branch : branches) {
      const auto all = kinds(branch, where);
      bool clash = all.empty();
      for (const std::string& kind : all) {
        clash |= !seen.insert(kind).second;
        (kind[0] == '=' ? literals : whole) = true;
      }
      if (clash || (literals && whole))
        wrong(where, "branches of 'oneOf' might both hold; 'anyOf' takes any");
    }
  }

  Piece schema(const Json& s, const std::string& where) {
    if (s == Json(true)) return g_.call(anything_);
    if (!s.is_object()) wrong(where, "expected an object or true");
    if (s.contains("$ref")) return g_.call(rule_of(s, where));
    for (const char* key : {"anyOf", "oneOf"}) {
      if (!s.contains(key)) continue;
      only(s, {key}, where);
      if (!s[key].is_array() || s[key].empty())
        wrong(where, fmt::format("'{}' must be a list", key));
      if (std::string_view(key) == "oneOf") check_apart(s[key], where);
      std::vector<Piece> ways;
      for (size_t i = 0; i < s[key].size(); ++i)
        ways.push_back(g_.call(rule_of(s[key][i], fmt::format("{}/{}/{}", where, key, i))));
      return g_.choice(ways);
    }
    if (s.contains("const")) {
      only(s, {"const", "type"}, where);
      return literals(Json::array({s["const"]}), types_of(s, where), where);
    }
    if (s.contains("enum")) {
      only(s, {"enum", "type"}, where);
      if (!s["enum"].is_array() || s["enum"].empty()) wrong(where, "'enum' must be a list");
      return literals(s["enum"], types_of(s, where), where);
    }
    std::vector<std::string> types = types_of(s, where);
    for (const auto& [key, value] : s.items()) {
      if (key == "type" || kNotes.contains(key)) continue;
      if (!kOfType.contains(key)) wrong(where, fmt::format("'{}' is not supported", key));
    }
    if (types.empty()) types = {"null", "boolean", "number", "string", "array", "object"};
    std::vector<Piece> ways;
    for (const std::string& type : types) ways.push_back(of_type(type, s, where));
    return g_.choice(ways);
  }

  const Json& root_;
  std::string source_;
  Grammar g_;
  int32_t space_ = 0, character_ = 0, plain_string_ = 0, number_ = 0, anything_ = 0;
  std::map<std::string, int32_t> rules_;
};

}  // namespace

GrammarRule json_schema_grammar(const Json& schema, std::string_view source) {
  return Writer(schema, source).write();
}

}  // namespace offprint::data
