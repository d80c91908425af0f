#include "offprint/data/jinja_value.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"

namespace offprint::data::jinja {
namespace {

constexpr int kDeepest = 64;  // a list may hold itself

// Python's float repr: the shortest text that reads back the same, with ".0" where it looks whole.
std::string float_text(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
  char digits[64];
  const double size = std::abs(x);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto end = std::to_chars(digits, digits + sizeof digits, x,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  std::string text(digits, end);
  if (plain && text.find('.') == text.npos) text += ".0";
  return text;
}

void require_shallow(int depth) {
  require(depth < kDeepest, "a value nested deeper than {}", kDeepest);
}

std::string repr(const Value& value, int depth);

template <class Items, class Text>
std::string listed(const char* open, const Items& items, const char* close, Text&& text) {
  std::string out = open;
  for (size_t i = 0; i < items.size(); ++i) out += (i == 0 ? "" : ", ") + text(items[i]);
  return out + close;
}

// What Python's repr() does not escape.
bool is_printable(uint32_t point) {
  constexpr uint32_t kHidden = U_GC_C_MASK | U_GC_Z_MASK;
  return point == ' ' || (U_GET_GC_MASK(static_cast<UChar32>(point)) & kHidden) == 0;
}

std::string python_quoted(std::string_view text) {
  const bool apostrophe = text.find('\'') != text.npos;
  const char quote = apostrophe && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  for (const std::string_view c : characters(text)) {
    const uint32_t point = decode_utf8(c, 0).value;
    if (c[0] == quote || c[0] == '\\')
      (out += '\\') += c;
    else if (c == "\n")
      out += "\\n";
    else if (c == "\t")
      out += "\\t";
    else if (c == "\r")
      out += "\\r";
    else if (is_printable(point))
      out += c;
    else if (point < 0x100)
      out += fmt::format("\\x{:02x}", point);
    else
      out += point < 0x10000 ? fmt::format("\\u{:04x}", point) : fmt::format("\\U{:08x}", point);
  }
  return out + quote;
}

std::string repr(const Value& value, int depth) {
  require_shallow(depth);
  if (value.is_undefined()) return "Undefined";
  if (const auto* text = value.text()) return python_quoted(*text);
  if (const List* list = value.list())
    return listed("[", *list, "]", [&](const Value& v) { return repr(v, depth + 1); });
  if (const Dict* dict = value.dict())
    return listed("{", *dict, "}", [&](const auto& member) {
      return python_quoted(member.first) + ": " + repr(member.second, depth + 1);
    });
  return to_text(value);
}

void write_json(const Value& value, int indent, int depth, std::string& out) {
  require_shallow(depth);
  const auto line = [&](int level) {
    if (indent >= 0)
      out += "\n" + std::string(static_cast<size_t>(indent) * static_cast<size_t>(level), ' ');
  };
  const auto all = [&](char open, char close, const auto& items, auto&& write) {
    out += open;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += indent >= 0 ? "," : ", ";
      line(depth + 1);
      write(items[i]);
    }
    if (!items.empty()) line(depth);
    out += close;
  };
  if (value.is_none()) {
    out += "null";
  } else if (const bool* flag = value.as<bool>()) {
    out += *flag ? "true" : "false";
  } else if (const auto* text = value.text()) {
    out += json_text(*text);
  } else if (const List* list = value.list()) {
    all('[', ']', *list, [&](const Value& v) { write_json(v, indent, depth + 1, out); });
  } else if (const Dict* dict = value.dict()) {
    all('{', '}', *dict, [&](const auto& member) {
      out += json_text(member.first) + ": ";
      write_json(member.second, indent, depth + 1, out);
    });
  } else {
    require(value.is_number(), "tojson: {}, expected what JSON has", kind(value));
    out += to_text(value);
  }
}

}  // namespace

bool Value::is_number() const {
  return as<bool>() != nullptr || as<int64_t>() != nullptr || as<double>() != nullptr;
}

const Value* Value::member(std::string_view key) const {
  const Dict* members = dict();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, key, &Dict::value_type::first);
  return found == members->end() ? nullptr : &found->second;
}

Value make_list(List items) { return {std::make_shared<List>(std::move(items))}; }
Value make_dict(Dict members) { return {std::make_shared<Dict>(std::move(members))}; }
Value make_function(Function function) { return {std::make_shared<Function>(std::move(function))}; }

void set_member(Dict& dict, std::string_view key, Value value) {
  const auto found = std::ranges::find(dict, key, &Dict::value_type::first);
  if (found != dict.end())
    found->second = std::move(value);
  else
    dict.emplace_back(key, std::move(value));
}

void require_outside(const Value& whole, const Value& part) {
  const auto search = [&](const auto& self, const Value& value, int depth) -> void {
    require_shallow(depth);
    const bool same = (whole.list() != nullptr && whole.list() == value.list()) ||
                      (whole.dict() != nullptr && whole.dict() == value.dict());
    require(!same, "{} inside itself", kind(whole));
    if (const List* list = value.list())
      for (const Value& item : *list) self(self, item, depth + 1);
    if (const Dict* dict = value.dict())
      for (const auto& member : *dict) self(self, member.second, depth + 1);
  };
  search(search, part, 0);
}

Value from_json(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<int64_t>();
    case Json::value_t::number_unsigned:
      return static_cast<int64_t>(json.get<uint64_t>());
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::array: {
      List items;
      for (const Json& item : json) items.push_back(from_json(item));
      return make_list(std::move(items));
    }
    case Json::value_t::object: {
      Dict members;
      for (const auto& [key, member] : json.items()) members.emplace_back(key, from_json(member));
      return make_dict(std::move(members));
    }
    default:
      return nullptr;
  }
}

std::string to_json_text(const Value& value, int indent) {
  std::string out;
  write_json(value, indent, 0, out);
  return out;
}

bool truth(const Value& value) {
  if (value.is_undefined() || value.is_none()) return false;
  if (const auto* text = value.text()) return !text->empty();
  if (const List* list = value.list()) return !list->empty();
  if (const Dict* dict = value.dict()) return !dict->empty();
  return !value.is_number() || to_number(value) != 0;
}

std::string_view kind(const Value& value) {
  constexpr std::string_view kKinds[] = {
      "an undefined value", "none",   "true or false", "a whole number", "a number",
      "a string",           "a list", "a dict",        "a function"};
  return kKinds[value.is.index()];
}

std::string to_text(const Value& value) {
  if (value.is_undefined()) return "";
  if (value.is_none()) return "None";
  if (const bool* flag = value.as<bool>()) return *flag ? "True" : "False";
  if (const auto* whole = value.as<int64_t>()) return std::to_string(*whole);
  if (const auto* number = value.as<double>()) return float_text(*number);
  if (const auto* text = value.text()) return *text;
  if (value.list() != nullptr || value.dict() != nullptr) return repr(value, 0);
  return "<function>";
}

std::string to_repr(const Value& value) { return repr(value, 0); }

double to_number(const Value& value) {
  if (const bool* flag = value.as<bool>()) return *flag ? 1 : 0;
  if (const auto* whole = value.as<int64_t>()) return static_cast<double>(*whole);
  if (const auto* number = value.as<double>()) return *number;
  fail("{}, expected a number", kind(value));
}

bool equal(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return to_number(a) == to_number(b);
  if (a.is.index() != b.is.index()) return false;
  if (const auto* text = a.text()) return *text == *b.text();
  if (const List* list = a.list()) return std::ranges::equal(*list, *b.list(), equal);
  if (const Dict* dict = a.dict())
    return dict->size() == b.dict()->size() && std::ranges::all_of(*dict, [&](const auto& member) {
             const Value* other = b.member(member.first);
             return other != nullptr && equal(member.second, *other);
           });
  return a.is_none() || a.is_undefined();
}

int compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    const double x = to_number(a), y = to_number(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.text() != nullptr && b.text() != nullptr) {
    const int order = a.text()->compare(*b.text());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  fail("{} and {} have no order", kind(a), kind(b));
}

bool contains(const Value& whole, const Value& part) {
  if (const auto* text = whole.text()) {
    require(part.text() != nullptr, "in: {}, expected a string in a string", kind(part));
    return text->find(*part.text()) != text->npos;
  }
  if (const List* list = whole.list())
    return std::ranges::any_of(*list, [&](const Value& v) { return equal(v, part); });
  if (whole.dict() != nullptr)
    return part.text() != nullptr && whole.member(*part.text()) != nullptr;
  require(whole.is_undefined(), "in: nothing is in {}", kind(whole));
  return false;
}

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> found;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = decode_utf8(text, at).bytes;
    found.push_back(text.substr(at, bytes));
    at += bytes;
  }
  return found;
}

List items_of(const Value& value) {
  List items;
  if (const List* list = value.list()) return *list;
  if (const Dict* dict = value.dict()) {
    for (const auto& member : *dict) items.emplace_back(member.first);
  } else if (const auto* text = value.text()) {
    for (const std::string_view c : characters(*text)) items.emplace_back(std::string(c));
  } else {
    require(value.is_undefined(), "{}, expected a list", kind(value));
  }
  return items;
}

}  // namespace offprint::data::jinja
