// Options are plain structs with defaults, visited once: the visit feeds CLI flags, JSON, the web
// form and the run card.
//   struct Options {
//     double lr = 3e-4;
//     void visit(auto&& field) { field("lr", lr, "AdamW peak rate"); }
//   };
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offprint/core/json.h"

namespace offprint {

// One field of an options struct; `value` points into the struct, which must outlive it.
struct OptionField {
  std::string name, help;  // "d-state"
  std::variant<bool*, int64_t*, uint64_t*, double*, std::string*> value;
  std::vector<std::string> choices;  // empty: any
};

template <class Options>
std::vector<OptionField> option_fields(Options& options) {
  std::vector<OptionField> fields;
  options.visit(
      [&](const char* name, auto& value, const char* help, std::vector<std::string> choices = {}) {
        fields.push_back({name, help, &value, std::move(choices)});
      });
  return fields;
}

// Sets one field from text. Throws Error "--lr: 'abc' is not a number", "--init: 'x', expected
// legs|inv|lin".
void set_option(const OptionField& field, std::string_view text);
std::string option_text(const OptionField& field);  // the value as set_option reads it

// The same as a value that points nowhere: for forms, help and words of a command line.
struct OptionInfo {
  std::string name, help;
  std::string kind;  // "switch", "whole number", "number", "text"
  Json value;        // the default
  std::vector<std::string> choices;
};
std::vector<OptionInfo> describe(const std::vector<OptionField>& fields);
template <class Options>
std::vector<OptionInfo> describe_options(Options options) {
  return describe(option_fields(options));
}
// What set_option would read from the text, as options_from_json takes it. Throws as set_option.
Json parse_option(const OptionInfo& option, std::string_view text);
Json to_json(const OptionInfo& option);
Json option_schema(const OptionInfo& option);  // JSON Schema of its values
// As a command line has it: "--lr=0.1"; switches as --name and --no-name.
std::string option_flag(const std::string& name, const Json& value);

Json options_to_json(const std::vector<OptionField>& fields);
// Unknown names and wrong types are errors; missing names keep their defaults.
void options_from_json(const std::vector<OptionField>& fields, const Json& values,
                       std::string_view source);

}  // namespace offprint
