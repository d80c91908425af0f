#include "offprint/data/bert_words.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"

namespace offprint::data {
namespace {

using Characters = std::vector<uint32_t>;

// The vocabularies were made when Unicode 8 was new: what came later has no class, so a newer
// emoji, mark or punctuation stays in its word. ICU knows since when a character is there.
bool is_known(uint32_t c, int version) {
  UVersionInfo age;
  u_charAge(static_cast<UChar32>(c), age);
  return age[0] != 0 && age[0] <= version;
}

// Characters whose class has changed since Unicode 8, with the class of then.
struct OldClass {
  uint32_t character;
  int8_t category;
};
constexpr auto kOldClasses = std::to_array<OldClass>({{0x166D, U_OTHER_PUNCTUATION},
                                                      {0x1734, U_NON_SPACING_MARK},
                                                      {0x1885, U_OTHER_LETTER},
                                                      {0x1886, U_OTHER_LETTER},
                                                      {0xA9BD, U_COMBINING_SPACING_MARK},
                                                      {0x111C9, U_OTHER_PUNCTUATION}});

// U_GC_*_MASK of the class in Unicode 8.
uint32_t category_mask(uint32_t c) {
  for (const OldClass& old : kOldClasses)
    if (old.character == c) return U_MASK(old.category);
  return is_known(c, 8) ? U_GET_GC_MASK(static_cast<UChar32>(c)) : U_GC_CN_MASK;
}

bool is_space(uint32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

bool is_dropped(uint32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  if (c < 0x80) return c < 0x20 || c == 0x7F;
  return c == 0xFFFD || (category_mask(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0;
}

bool is_mark(uint32_t c) { return c >= 0x300 && (category_mask(c) & U_GC_MN_MASK) != 0; }

bool is_punctuation(uint32_t c) {
  if (c < 0x80) return c > 0x20 && c < 0x7F && !u_isalnum(static_cast<UChar32>(c));
  return (category_mask(c) & U_GC_P_MASK) != 0;
}

// The authors' blocks, without 2B820..2B91F: a slip of the reference that trained models share.
bool is_chinese(uint32_t c) {
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

constexpr int kDecompositionVersion = 12;

uint8_t combining_class(uint32_t c) {
  if (c < 0x300 || !is_known(c, kDecompositionVersion)) return 0;
  return u_getCombiningClass(static_cast<UChar32>(c));
}

void append_decomposed(Characters& out, uint32_t c) {
  static const UNormalizer2* const nfd = [] {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* found = unorm2_getNFDInstance(&status);
    require(U_SUCCESS(status), "bert_words: ICU lacks its data: {}", u_errorName(status));
    return found;
  }();
  std::array<UChar, 16> parts;  // the longest canonical decomposition is 4 characters
  UErrorCode status = U_ZERO_ERROR;
  const int32_t length = c < 0xC0 || !is_known(c, kDecompositionVersion)
                             ? -1
                             : unorm2_getDecomposition(nfd, static_cast<UChar32>(c), parts.data(),
                                                       parts.size(), &status);
  if (length < 0 || U_FAILURE(status)) return out.push_back(c);
  for (int32_t i = 0; i < length;) {
    UChar32 part;
    U16_NEXT(parts.data(), i, length, part);
    out.push_back(static_cast<uint32_t>(part));
  }
}

// Canonical decomposition (NFD): each character in parts, then every run of combining characters
// in the order of their classes.
Characters decomposed(const Characters& text) {
  Characters out;
  out.reserve(text.size());
  for (const uint32_t c : text) append_decomposed(out, c);
  for (size_t begin = 0; begin < out.size();) {
    size_t end = begin;
    while (end < out.size() && combining_class(out[end]) != 0) ++end;
    std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(begin),
                     out.begin() + static_cast<std::ptrdiff_t>(end), [](uint32_t a, uint32_t b) {
                       return combining_class(a) < combining_class(b);
                     });
    begin = end + 1;
  }
  return out;
}

Characters cleaned(std::string_view text, const BertWordsOptions& options) {
  Characters out;
  out.reserve(text.size() + 16);
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    at += c.bytes;
    if (options.clean && is_dropped(c.value)) continue;
    const uint32_t kept = options.clean && is_space(c.value) ? ' ' : c.value;
    const bool alone = options.split_chinese && is_chinese(kept);
    if (alone) out.push_back(' ');
    out.push_back(kept);
    if (alone) out.push_back(' ');
  }
  return out;
}

void append_lower(Characters& out, uint32_t c) {
  out.push_back(static_cast<uint32_t>(u_tolower(static_cast<UChar32>(c))));
  if (c == 0x130) out.push_back(0x307);  // the only letter whose lower case is two characters
}

void append_utf8(std::string& out, uint32_t c) {
  const auto byte = [&out](uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      byte(0xE0 | c >> 12);
    } else {
      byte(0xF0 | c >> 18);
      byte(0x80 | (c >> 12 & 0x3F));
    }
    byte(0x80 | (c >> 6 & 0x3F));
  }
  byte(0x80 | (c & 0x3F));
}

}  // namespace

std::vector<BertWord> bert_words(std::string_view text, const BertWordsOptions& options) {
  Characters characters = cleaned(text, options);
  if (options.strip_accents) {
    characters = decomposed(characters);
    std::erase_if(characters, is_mark);
  }
  if (options.lower_case) {
    Characters lower;
    lower.reserve(characters.size());
    for (const uint32_t c : characters) append_lower(lower, c);
    characters = std::move(lower);
  }
  std::vector<BertWord> words;
  bool inside = false;
  for (const uint32_t c : characters) {
    const bool alone = is_punctuation(c);
    if (is_space(c)) {
      inside = false;
      continue;
    }
    if (!inside || alone) words.emplace_back();
    append_utf8(words.back().text, c);
    ++words.back().characters;
    inside = !alone;
  }
  return words;
}

}  // namespace offprint::data
