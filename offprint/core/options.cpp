#include "offprint/core/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string joined(const std::vector<std::string>& words, const char* between) {
  return fmt::format("{}", fmt::join(words, between));
}

bool bool_from(const OptionField& field, std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  fail("--{}: '{}', expected true or false", field.name, text);
}

template <class T>
T number_from(const OptionField& field, std::string_view text) {
  constexpr bool whole = std::is_integral_v<T>;
  const bool plus = text.starts_with('+') && !text.starts_with("+-");
  const std::string_view digits = plus ? text.substr(1) : text;
  T value{};
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code == std::errc::result_out_of_range) fail("--{}: '{}' is out of range", field.name, text);
  if (code != std::errc() || end != digits.data() + digits.size())
    fail("--{}: '{}' is not a {}", field.name, text,
         !whole                ? "number"
         : std::is_signed_v<T> ? "whole number"
                               : "whole number of 0 or more");
  return value;
}

std::string choice_from(const OptionField& field, std::string_view text) {
  const auto& choices = field.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
    fail("--{}: '{}', expected {}", field.name, text, joined(choices, "|"));
  return std::string(text);
}

// The text that set_option takes for a JSON value of the field's kind; empty when of another kind.
// JSON has no infinity, so such numbers travel as strings.
bool kind_fits(const OptionField& field, const Json& value) {
  return std::visit(Overloaded{[&](bool*) { return value.is_boolean(); },
                               [&](double*) {
                                 return value.is_number() || value == "inf" || value == "-inf" ||
                                        value == "nan";
                               },
                               [&](std::string*) { return value.is_string(); },
                               [&](auto*) { return value.is_number_integer(); }},
                    field.value);
}

const char* kind_of(const OptionField& field) {
  return std::visit(
      Overloaded{[](bool*) { return "true or false"; }, [](double*) { return "a number"; },
                 [](std::string*) { return "a string"; }, [](auto*) { return "a whole number"; }},
      field.value);
}

}  // namespace

void set_option(const OptionField& field, std::string_view text) {
  std::visit(Overloaded{[&](bool* value) { *value = bool_from(field, text); },
                        [&](std::string* value) { *value = choice_from(field, text); },
                        [&]<class T>(T* value) { *value = number_from<T>(field, text); }},
             field.value);
}

std::string option_text(const OptionField& field) {
  return std::visit([](const auto* value) { return fmt::format("{}", *value); }, field.value);
}

std::vector<OptionInfo> describe(const std::vector<OptionField>& fields) {
  std::vector<OptionInfo> infos;
  const Json values = options_to_json(fields);
  for (const OptionField& field : fields) {
    const char* kind = std::visit(
        Overloaded{[](bool*) { return "switch"; }, [](double*) { return "number"; },
                   [](std::string*) { return "text"; }, [](auto*) { return "whole number"; }},
        field.value);
    infos.push_back({field.name, field.help, kind, values[field.name], field.choices});
  }
  return infos;
}

Json parse_option(const OptionInfo& option, std::string_view text) {
  const auto through = [&](auto value) {
    const OptionField field{option.name, option.help, &value, option.choices};
    set_option(field, text);
    return options_to_json({field})[option.name];
  };
  if (option.kind == "switch") return through(false);
  if (option.kind == "number") return through(0.0);
  if (option.kind == "text") return through(std::string());
  return option.value.is_number_unsigned() ? through(uint64_t{0}) : through(int64_t{0});
}

Json to_json(const OptionInfo& option) {
  return {{"name", option.name},
          {"help", option.help},
          {"kind", option.kind},
          {"value", option.value},
          {"choices", option.choices}};
}

Json option_schema(const OptionInfo& option) {
  Json schema = {{"description", option.help}};
  if (option.kind == "switch") {
    schema["type"] = "boolean";
  } else if (option.kind == "number") {
    schema["type"] = "number";
  } else if (option.kind == "whole number") {
    schema["type"] = "integer", schema["format"] = "int64";
    schema["maximum"] = INT64_MAX;
    schema["minimum"] = option.value.is_number_unsigned() ? 0 : INT64_MIN;
  } else if (option.choices.empty()) {
    schema["type"] = "string";
  } else {
    schema["enum"] = option.choices;
  }
  return schema;
}

std::string option_flag(const std::string& name, const Json& value) {
  if (value.is_boolean()) return (value.get<bool>() ? "--" : "--no-") + name;
  return "--" + name + "=" + (value.is_string() ? value.get<std::string>() : json_text(value));
}

Json options_to_json(const std::vector<OptionField>& fields) {
  Json json = Json::object();
  for (const OptionField& field : fields)
    std::visit(Overloaded{[&](const double* value) {
                            json[field.name] =
                                std::isfinite(*value) ? Json(*value) : Json(option_text(field));
                          },
                          [&](const auto* value) { json[field.name] = *value; }},
               field.value);
  return json;
}

void options_from_json(const std::vector<OptionField>& fields, const Json& values,
                       std::string_view source) {
  require(values.is_object(), "{}: options are {}, expected an object", source, json_kind(values));
  for (const auto& [name, value] : values.items()) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const OptionField& f) { return f.name == name; });
    if (field == fields.end()) {
      std::vector<std::string> names;
      for (const OptionField& f : fields) names.push_back(f.name);
      fail("{}: there is no option '{}', expected one of {}", source, name, joined(names, ", "));
    }
    require(kind_fits(*field, value), "{}: '{}' is {}, expected {}", source, name, json_kind(value),
            kind_of(*field));
    try {
      set_option(*field, value.is_string() ? value.get<std::string>() : value.dump());
    } catch (const Error& error) {
      fail("{}: {}", source, error.what());
    }
  }
}

}  // namespace offprint
