// Fields of a record that a language model wrote: a flat JSON object, or "name: value" and
// "name=value" with commas, semicolons, bars or line breaks between them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::tasks {

struct RecordField {
  std::string name, value;  // without quotes and blanks around them
  size_t at = 0;            // where the value stands in the text
};
// What has no name is left out; so is an empty value. Never fails: models write anything.
std::vector<RecordField> record_fields(std::string_view text);

// The value as a number, "$45,000" and "45 000" too.
std::optional<double> field_number(std::string_view value);

}  // namespace offprint::tasks
