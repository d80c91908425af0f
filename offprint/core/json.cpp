#include "offprint/core/json.h"

#include <algorithm>

#include "offprint/core/file.h"

namespace offprint {
namespace {

// The library's text is "[json.exception.parse_error.101] parse error at line 1, column 2: WHAT".
std::string_view reason_of(std::string_view what) {
  if (const size_t column = what.find("column "); column != what.npos) what.remove_prefix(column);
  const size_t colon = what.find(": ");
  return colon == what.npos ? what : what.substr(colon + 2);
}

// Values are copied, walked and written by functions that call themselves: a stranger's text must
// not take the whole stack.
constexpr int64_t kMostDepth = 500;

int64_t depth_of(std::string_view text) {
  int64_t depth = 0, most = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      i += c == '\\';
      quoted = c != '"';
    } else {
      quoted = c == '"';
      depth += (c == '[' || c == '{') - (c == ']' || c == '}');
      most = std::max(most, depth);
    }
  }
  return most;
}

}  // namespace

Json parse_json(std::string_view text, std::string_view source) {
  require(depth_of(text) <= kMostDepth, "{}: lists and objects more than {} deep", source,
          kMostDepth);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    // `byte` counts from 1 and is one past the end for input that stops short.
    const std::string_view before = text.substr(0, error.byte > 0 ? error.byte - 1 : 0);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    fail("{}: line {}, column {}: {}", source, line, before.size() - line_start + 1,
         reason_of(error.what()));
  }
}

Json read_json(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

void write_json(const std::filesystem::path& path, const Json& value) {
  write_file(path, json_text(value, 2) + "\n");
}

std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string_view json_kind(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return "true or false";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    default:
      return "a number";
  }
}

const Json& json_member(const Json& object, const char* key, std::string_view source) {
  require(object.is_object(), "{}: {}, expected an object with '{}'", source, json_kind(object),
          key);
  const auto found = object.find(key);
  if (found == object.end()) fail("{}: '{}' is missing", source, key);
  return *found;
}

}  // namespace offprint
