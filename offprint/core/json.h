// JSON values with the order of keys kept, files of them, and access that says what is missing
// where.
#pragma once
#include <concepts>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "offprint/core/error.h"

namespace offprint {

using Json = nlohmann::ordered_json;

// Throws Error "<source>: line L, column C: ..." on malformed text.
Json parse_json(std::string_view text, std::string_view source);
Json read_json(const std::filesystem::path& path);
void write_json(const std::filesystem::path& path, const Json& value);  // atomic, indented

// One line, or indented by `indent` spaces. Text that is not UTF-8 gets replacement characters, so
// this never throws; NaN and infinity become null, as JSON has none.
std::string json_text(const Json& value, int indent = -1);

// "a string", "a number", ...: what a value is, as messages say it.
std::string_view json_kind(const Json& value);

// The member `key` of an object. Throws Error "<source>: 'key' is missing".
const Json& json_member(const Json& object, const char* key, std::string_view source);

// The member `key` as T. Throws Error "<source>: 'key' is missing" or "<source>: 'key' is a string,
// expected a number"; a whole number must be whole and within T.
template <class T>
T json_get(const Json& object, const char* key, std::string_view source) {
  const Json& value = json_member(object, key, source);
  const auto wrong = [&](std::string_view expected) {
    return Error(
        fmt::format("{}: '{}' is {}, expected {}", source, key, json_kind(value), expected));
  };
  if constexpr (std::same_as<T, bool>) {
    if (!value.is_boolean()) throw wrong("true or false");
  } else if constexpr (std::integral<T>) {
    if (!value.is_number_integer()) throw wrong("a whole number");
    const bool negative = !value.is_number_unsigned() && value.get<int64_t>() < 0;
    const bool fits =
        negative ? std::in_range<T>(value.get<int64_t>()) : std::in_range<T>(value.get<uint64_t>());
    if (!fits) fail("{}: '{}' is {}, out of range", source, key, value.dump());
  } else if constexpr (std::floating_point<T>) {
    if (!value.is_number()) throw wrong("a number");
  } else if constexpr (std::same_as<T, std::string>) {
    if (!value.is_string()) throw wrong("a string");
  }
  try {
    return value.get<T>();
  } catch (const Json::exception&) {  // a container whose elements are of another kind
    throw wrong("another type");
  }
}

}  // namespace offprint
