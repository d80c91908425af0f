#include "offprint/core/utf8.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace offprint {
namespace {

struct Range {
  uint32_t first, last;
};

// Blocks of combining marks and zero-width characters that occur in running text (Unicode 15).
constexpr auto kZeroWidth = std::to_array<Range>({{0x0300, 0x036F},
                                                  {0x0483, 0x0489},
                                                  {0x0591, 0x05BD},
                                                  {0x0610, 0x061A},
                                                  {0x064B, 0x065F},
                                                  {0x093C, 0x093C},
                                                  {0x0941, 0x0948},
                                                  {0x0E31, 0x0E31},
                                                  {0x0E34, 0x0E3A},
                                                  {0x1AB0, 0x1AFF},
                                                  {0x1DC0, 0x1DFF},
                                                  {0x200B, 0x200F},
                                                  {0x2028, 0x202E},
                                                  {0x2060, 0x2064},
                                                  {0x20D0, 0x20F0},
                                                  {0xFE00, 0xFE0F},
                                                  {0xFE20, 0xFE2F},
                                                  {0xFEFF, 0xFEFF},
                                                  {0xE0100, 0xE01EF}});

// East Asian Wide and Fullwidth, emoji included (Unicode TR 11).
constexpr auto kWide = std::to_array<Range>({{0x1100, 0x115F},
                                             {0x231A, 0x231B},
                                             {0x2E80, 0x303E},
                                             {0x3041, 0x33FF},
                                             {0x3400, 0x4DBF},
                                             {0x4E00, 0x9FFF},
                                             {0xA000, 0xA4CF},
                                             {0xA960, 0xA97C},
                                             {0xAC00, 0xD7A3},
                                             {0xF900, 0xFAFF},
                                             {0xFE30, 0xFE6F},
                                             {0xFF00, 0xFF60},
                                             {0xFFE0, 0xFFE6},
                                             {0x1F300, 0x1F64F},
                                             {0x1F680, 0x1F6FF},
                                             {0x1F900, 0x1F9FF},
                                             {0x20000, 0x3FFFD}});

template <size_t n>
bool within(const std::array<Range, n>& ranges, uint32_t c) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                      [](uint32_t v, const Range& r) { return v < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr std::array<uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return {0xFFFD, 1};
  uint32_t value = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {0xFFFD, 1};
    value = value << 6 | (byte(at + i) & 0x3F);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {0xFFFD, 1};
  return {value, length};
}

int display_width(uint32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || within(kZeroWidth, c)) return 0;
  return within(kWide, c) ? 2 : 1;
}

int display_width(std::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    width += display_width(c.value);
    at += c.bytes;
  }
  return width;
}

std::string_view clip_to_width(std::string_view text, int width) {
  size_t at = 0;
  for (int used = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    used += display_width(c.value);
    if (used > width) break;
    at += c.bytes;
  }
  return text.substr(0, at);
}

std::string shorten_to_width(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width <= 0) return {};
  return std::string(clip_to_width(text, width - 1)) + "…";
}

std::vector<std::string> wrap_to_width(std::string_view cell, int width) {
  std::vector<std::string> lines = {""};
  const auto next_line = [&] { lines.emplace_back(); };
  for (size_t at = 0; at < cell.size();) {
    if (cell[at] == '\n') {
      next_line();
      ++at;
      continue;
    }
    if (cell[at] == ' ') {
      ++at;
      continue;
    }
    std::string_view word = cell.substr(at, cell.find_first_of(" \n", at) - at);
    at += word.size();
    const int gap = lines.back().empty() ? 0 : 1;
    if (display_width(lines.back()) + gap + display_width(word) > width && gap == 1)
      next_line();
    else if (gap == 1)
      lines.back() += ' ';
    while (display_width(word) > width) {
      std::string_view part = clip_to_width(word, width);
      if (part.empty()) part = word.substr(0, decode_utf8(word, 0).bytes);  // wider than the column
      lines.back() += part;
      word.remove_prefix(part.size());
      next_line();
    }
    lines.back() += word;
  }
  return lines;
}

}  // namespace offprint
