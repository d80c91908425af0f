// Python's methods of strings, for templates. For chat_template's files.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "offprint/data/jinja_value.h"

namespace offprint::data::jinja {

bool is_text_method(std::string_view name);
// Throws Error on arguments it does not take.
Value call_text_method(const std::string& text, std::string_view name, const Arguments& arguments);

// Without the characters of `of`, by default blanks of any script, at its ends.
std::string strip(std::string_view text, const std::optional<std::string>& of, bool left,
                  bool right);
std::string lower_case(std::string_view text);
// As the filter title: words begin after blanks and opening brackets, not after an apostrophe.
std::string titled_words(std::string_view text);
bool has_case(std::string_view text, bool upper);  // at least one letter, all of them so
std::string indent_lines(std::string_view text, const std::string& blanks, bool first, bool blank);

}  // namespace offprint::data::jinja
