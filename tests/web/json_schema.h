// A small JSON Schema validator, as much of it as assets/api.json uses: what is wrong with a value,
// "" where nothing is.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "offprint/core/json.h"

namespace offprint {

inline bool is_of_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  REQUIRE_MESSAGE(type == "number", type);
  return value.is_number();
}

class JsonSchema {
 public:
  // References "#/..." lead into `document`.
  explicit JsonSchema(const Json& document) : document_(document) {}

  std::string problem(const Json& value, const Json& schema, const std::string& at = "") const {
    if (schema.contains("$ref")) {
      const std::string place = schema["$ref"].get<std::string>().substr(1);
      return problem(value, document_.at(Json::json_pointer(place)), at);
    }
    if (const std::string wrong = own_problem(value, schema); !wrong.empty())
      return fmt::format("{}: {}", at, wrong);
    if (value.is_object()) return member_problem(value, schema, at);
    if (!value.is_array() || !schema.contains("items")) return "";
    for (size_t i = 0; i < value.size(); ++i)
      if (auto wrong = problem(value[i], schema["items"], fmt::format("{}/{}", at, i));
          !wrong.empty())
        return wrong;
    return "";
  }

 private:
  static std::string own_problem(const Json& value, const Json& schema) {
    if (schema.contains("type")) {
      const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
      const bool fits =
          std::ranges::any_of(types, [&](const Json& t) { return is_of_type(value, t); });
      if (!fits)
        return fmt::format("{} is {}, expected {}", value.dump(), json_kind(value), types.dump());
    }
    if (schema.contains("enum") && std::ranges::count(schema["enum"], value) == 0)
      return fmt::format("{} is none of {}", value.dump(), schema["enum"].dump());
    if (schema.contains("const") && schema["const"] != value)
      return fmt::format("{} is not {}", value.dump(), schema["const"].dump());
    if (schema.contains("minimum") && value.is_number() && value < schema["minimum"])
      return fmt::format("{} is below {}", value.dump(), schema["minimum"].dump());
    return "";
  }

  std::string member_problem(const Json& value, const Json& schema, const std::string& at) const {
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>()))
        return fmt::format("{}: {} is missing", at, name.dump());
    const Json known = schema.value("properties", Json::object());
    for (const auto& [name, member] : value.items()) {
      if (known.contains(name)) {
        if (auto wrong = problem(member, known[name], at + "/" + name); !wrong.empty())
          return wrong;
      } else if (schema.contains("additionalProperties") &&
                 schema["additionalProperties"] == false) {
        return fmt::format("{}: {} is not described", at, name);
      }
    }
    return "";
  }

  const Json& document_;
};

}  // namespace offprint
