// How wide UTF-8 text stands in a terminal, and cutting it without breaking a character.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offprint {

// The character that begins at text[at] and its length in bytes. A malformed byte is U+FFFD of
// length 1, so a loop over any input ends.
struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 1;
};
CodePoint decode_utf8(std::string_view text, size_t at);

// Terminal columns: 0 for controls and combining marks, 2 for East Asian wide characters and emoji.
int display_width(uint32_t code_point);
int display_width(std::string_view text);

// The longest prefix of at most `width` columns.
std::string_view clip_to_width(std::string_view text, int width);
// The same with "…" as its last character where something was cut.
std::string shorten_to_width(std::string_view text, int width);

// Words filled into lines of at most `width` columns; line breaks stay, a longer word is broken.
std::vector<std::string> wrap_to_width(std::string_view text, int width);

}  // namespace offprint
