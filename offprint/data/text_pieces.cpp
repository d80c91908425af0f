#include "offprint/data/text_pieces.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>

#include "offprint/core/utf8.h"

namespace offprint::data {
namespace {

enum class Class : uint8_t { letter, number, space, line_break, other, end };

// Letters and digits of Unicode 15.1 and 16, which the reference tokenisers know and Debian 12's
// ICU does not yet.
struct Range {
  uint32_t first, last;
  Class kind;
};
constexpr auto kLater = std::to_array<Range>({
    {0x1C89, 0x1C8A, Class::letter},   {0xA7CB, 0xA7CD, Class::letter},
    {0xA7DA, 0xA7DC, Class::letter},   {0x105C0, 0x105F3, Class::letter},
    {0x10D40, 0x10D49, Class::number}, {0x10D4A, 0x10D65, Class::letter},
    {0x10D6F, 0x10D85, Class::letter}, {0x10EC2, 0x10EC4, Class::letter},
    {0x11380, 0x113B5, Class::letter}, {0x113B7, 0x113B7, Class::letter},
    {0x113D1, 0x113D1, Class::letter}, {0x113D3, 0x113D3, Class::letter},
    {0x116D0, 0x116E3, Class::number}, {0x11BC0, 0x11BE0, Class::letter},
    {0x11BF0, 0x11BF9, Class::number}, {0x13460, 0x143FA, Class::letter},
    {0x16100, 0x1611D, Class::letter}, {0x16130, 0x16139, Class::number},
    {0x16D40, 0x16D6C, Class::letter}, {0x16D70, 0x16D79, Class::number},
    {0x1CCF0, 0x1CCF9, Class::number}, {0x1E5D0, 0x1E5ED, Class::letter},
    {0x1E5F0, 0x1E5F0, Class::letter}, {0x1E5F1, 0x1E5FA, Class::number},
    {0x2EBF0, 0x2EE5D, Class::letter},
});

Class later_class(uint32_t point) {
  const auto* range = std::ranges::lower_bound(kLater, point, {}, &Range::last);
  return range != kLater.end() && range->first <= point ? range->kind : Class::other;
}

Class class_of(uint32_t point) {
  if (point == '\n' || point == '\r') return Class::line_break;
  const auto c = static_cast<UChar32>(point);
  const uint32_t mask = U_GET_GC_MASK(c);
  if (mask & U_GC_L_MASK) return Class::letter;
  if (mask & U_GC_N_MASK) return Class::number;
  if (mask & U_GC_CN_MASK) return later_class(point);
  return u_isUWhiteSpace(c) ? Class::space : Class::other;
}

bool is_space(Class c) { return c == Class::space || c == Class::line_break; }
bool is_symbol(Class c) { return c == Class::other; }
bool is_letter(Class c) { return c == Class::letter; }
bool is_number(Class c) { return c == Class::number; }

struct Character {
  Class kind = Class::end;
  size_t bytes = 0;
};

class Cutter {
 public:
  Cutter(std::string_view text, PieceRules rules) : text_(text), rules_(rules) {}

  // The end of the piece that begins at `at`.
  size_t piece_end(size_t at) const {
    if (const size_t end = contraction(at)) return end;
    const bool modern = rules_ == PieceRules::llama3 || rules_ == PieceRules::qwen2;
    const Character first = character(at);
    const size_t next = at + first.bytes;
    const bool prefix =
        modern ? first.kind == Class::space || first.kind == Class::other : text_[at] == ' ';
    if (is_letter(first.kind)) return run(next, is_letter);
    if (prefix && is_letter(character(next).kind)) return run(next, is_letter);
    if (modern && is_number(first.kind)) return numbers(at);
    if (!modern && is_number(first.kind)) return run(next, is_number);
    const bool blank = text_[at] == ' ';
    if (!modern && blank && is_number(character(next).kind)) return run(next, is_number);
    if (is_symbol(first.kind) || (blank && is_symbol(character(next).kind))) {
      const size_t end = run(next, is_symbol);
      return modern ? run(end, [](Class c) { return c == Class::line_break; }) : end;
    }
    return spaces(at, modern);
  }

 private:
  Character character(size_t at) const {
    if (at >= text_.size()) return {};
    const auto byte = static_cast<uint8_t>(text_[at]);
    if (byte < 0x80) return {class_of(byte), 1};
    const CodePoint point = decode_utf8(text_, at);
    return {point.bytes == 1 ? Class::other : class_of(point.value), point.bytes};
  }

  template <class Belongs>
  size_t run(size_t at, Belongs&& belongs) const {
    for (Character c = character(at); c.kind != Class::end && belongs(c.kind); c = character(at))
      at += c.bytes;
    return at;
  }

  size_t numbers(size_t at) const {
    const int most = rules_ == PieceRules::llama3 ? 3 : 1;
    for (int i = 0; i < most && is_number(character(at).kind); ++i) at += character(at).bytes;
    return at;
  }

  // 0 where there is none.
  size_t contraction(size_t at) const {
    if (text_[at] != '\'') return 0;
    const bool any_case = rules_ == PieceRules::llama3 || rules_ == PieceRules::qwen2;
    constexpr std::array<std::string_view, 7> kEndings = {"s", "t", "re", "ve", "m", "ll", "d"};
    for (const std::string_view ending : kEndings) {
      if (text_.size() - at - 1 < ending.size()) continue;
      bool equal = true;
      for (size_t i = 0; i < ending.size(); ++i) {
        const char c = text_[at + 1 + i];
        equal &= c == ending[i] || (any_case && c == ending[i] - 'a' + 'A');
      }
      if (equal) return at + 1 + ending.size();
    }
    // Folding also takes the long s for an s.
    constexpr std::string_view kLongS = "\xC5\xBF";
    if (any_case && text_.substr(at + 1).starts_with(kLongS)) return at + 1 + kLongS.size();
    return 0;
  }

  // Spaces up to the last line break; else all but the last if something follows; else all.
  size_t spaces(size_t at, bool modern) const {
    const size_t end = run(at, is_space);
    if (modern)
      for (size_t i = end; i > at; --i)
        if (text_[i - 1] == '\n' || text_[i - 1] == '\r') return i;
    if (end == text_.size()) return end;
    size_t last = at;  // where the last space begins
    for (size_t i = at; i < end; i += character(i).bytes) last = i;
    return last > at ? last : end;
  }

  std::string_view text_;
  PieceRules rules_;
};

void cut(std::string_view text, PieceRules rules, std::vector<std::string_view>& pieces) {
  const Cutter cutter(text, rules);
  for (size_t at = 0; at < text.size();) {
    const size_t end = cutter.piece_end(at);
    pieces.push_back(text.substr(at, end - at));
    at = end;
  }
}

bool number_at(std::string_view text, size_t at, size_t& bytes) {
  const CodePoint point = decode_utf8(text, at);
  bytes = point.bytes;
  return class_of(point.value) == Class::number;
}

}  // namespace

std::vector<std::string_view> text_pieces(std::string_view text, PieceRules rules) {
  std::vector<std::string_view> pieces;
  if (rules != PieceRules::smollm) {
    cut(text, rules, pieces);
    return pieces;
  }
  size_t begin = 0;
  for (size_t at = 0, bytes = 0; at < text.size(); at += bytes) {
    if (!number_at(text, at, bytes)) continue;
    cut(text.substr(begin, at - begin), PieceRules::gpt2, pieces);
    pieces.push_back(text.substr(at, bytes));
    begin = at + bytes;
  }
  cut(text.substr(begin), PieceRules::gpt2, pieces);
  return pieces;
}

}  // namespace offprint::data
