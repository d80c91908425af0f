#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "offprint/feed/record_text.h"

namespace offprint::feed {
namespace {

// Combining marks that follow the letter they stand on, by TeX's accent.
constexpr auto kAccents = std::to_array<std::pair<char, std::string_view>>({
    {'`', "\u0300"},
    {'\'', "\u0301"},
    {'^', "\u0302"},
    {'~', "\u0303"},
    {'=', "\u0304"},
    {'u', "\u0306"},
    {'.', "\u0307"},
    {'"', "\u0308"},
    {'r', "\u030a"},
    {'H', "\u030b"},
    {'v', "\u030c"},
    {'d', "\u0323"},
    {'c', "\u0327"},
    {'k', "\u0328"},
    {'b', "\u0331"},
});

// The letters that Unicode has whole, by base and accent: what readers and searchers type.
struct Composed {
  char base, accent;
  std::string_view letter;
};
constexpr auto kComposed = std::to_array<Composed>({
    {'A', '`', "À"},  {'A', '\'', "Á"}, {'A', '^', "Â"},  {'A', '~', "Ã"},  {'A', '"', "Ä"},
    {'A', 'r', "Å"},  {'C', 'c', "Ç"},  {'E', '`', "È"},  {'E', '\'', "É"}, {'E', '^', "Ê"},
    {'E', '"', "Ë"},  {'I', '`', "Ì"},  {'I', '\'', "Í"}, {'I', '^', "Î"},  {'I', '"', "Ï"},
    {'N', '~', "Ñ"},  {'O', '`', "Ò"},  {'O', '\'', "Ó"}, {'O', '^', "Ô"},  {'O', '~', "Õ"},
    {'O', '"', "Ö"},  {'U', '`', "Ù"},  {'U', '\'', "Ú"}, {'U', '^', "Û"},  {'U', '"', "Ü"},
    {'Y', '\'', "Ý"}, {'a', '`', "à"},  {'a', '\'', "á"}, {'a', '^', "â"},  {'a', '~', "ã"},
    {'a', '"', "ä"},  {'a', 'r', "å"},  {'c', 'c', "ç"},  {'e', '`', "è"},  {'e', '\'', "é"},
    {'e', '^', "ê"},  {'e', '"', "ë"},  {'i', '`', "ì"},  {'i', '\'', "í"}, {'i', '^', "î"},
    {'i', '"', "ï"},  {'n', '~', "ñ"},  {'o', '`', "ò"},  {'o', '\'', "ó"}, {'o', '^', "ô"},
    {'o', '~', "õ"},  {'o', '"', "ö"},  {'u', '`', "ù"},  {'u', '\'', "ú"}, {'u', '^', "û"},
    {'u', '"', "ü"},  {'y', '\'', "ý"}, {'y', '"', "ÿ"},  {'A', 'u', "Ă"},  {'a', 'u', "ă"},
    {'A', 'k', "Ą"},  {'a', 'k', "ą"},  {'C', '\'', "Ć"}, {'c', '\'', "ć"}, {'C', 'v', "Č"},
    {'c', 'v', "č"},  {'D', 'v', "Ď"},  {'d', 'v', "ď"},  {'E', 'k', "Ę"},  {'e', 'k', "ę"},
    {'E', 'v', "Ě"},  {'e', 'v', "ě"},  {'G', 'u', "Ğ"},  {'g', 'u', "ğ"},  {'I', '.', "İ"},
    {'N', '\'', "Ń"}, {'n', '\'', "ń"}, {'N', 'v', "Ň"},  {'n', 'v', "ň"},  {'O', 'H', "Ő"},
    {'o', 'H', "ő"},  {'R', 'v', "Ř"},  {'r', 'v', "ř"},  {'S', '\'', "Ś"}, {'s', '\'', "ś"},
    {'S', 'c', "Ş"},  {'s', 'c', "ş"},  {'S', 'v', "Š"},  {'s', 'v', "š"},  {'T', 'v', "Ť"},
    {'t', 'v', "ť"},  {'U', 'r', "Ů"},  {'u', 'r', "ů"},  {'U', 'H', "Ű"},  {'u', 'H', "ű"},
    {'Z', '\'', "Ź"}, {'z', '\'', "ź"}, {'Z', '.', "Ż"},  {'z', '.', "ż"},  {'Z', 'v', "Ž"},
    {'z', 'v', "ž"},
});

constexpr auto kLetters = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"ss", "ß"},
    {"ae", "æ"},
    {"AE", "Æ"},
    {"oe", "œ"},
    {"OE", "Œ"},
    {"aa", "å"},
    {"AA", "Å"},
    {"o", "ø"},
    {"O", "Ø"},
    {"l", "ł"},
    {"L", "Ł"},
    {"i", "i"},
    {"j", "j"},
    {"dh", "ð"},
    {"th", "þ"},
    {"textendash", "–"},
    {"textemdash", "—"},
    {"textquoteright", "’"},
});

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes TeX off the front of a text.
class TexReader {
 public:
  explicit TexReader(std::string_view text) : rest_(text) {}

  std::string read() {
    std::string out;
    while (!rest_.empty()) step(out);
    return out;
  }

 private:
  void step(std::string& out) {
    const char c = rest_.front();
    if (c == '\\' && rest_.size() > 1) return command(out);
    if (c == '$') return mathematics(out);
    rest_.remove_prefix(1);
    if (c == '~')
      out += ' ';
    else if (c != '{' && c != '}')
      out += c;
  }

  void mathematics(std::string& out) {
    const size_t end = rest_.find('$', 1);
    const size_t size = end == rest_.npos ? rest_.size() : end + 1;
    out += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  void command(std::string& out) {
    rest_.remove_prefix(1);
    size_t letters = 0;
    while (letters < rest_.size() && is_letter(rest_[letters])) ++letters;
    const std::string_view name = rest_.substr(0, std::max<size_t>(letters, 1));
    const auto accent = std::ranges::find(kAccents, name.front(), [](auto& a) { return a.first; });
    if (name.size() == 1 && accent != kAccents.end()) {
      rest_.remove_prefix(1);
      return accented(name.front(), accent->second, out);
    }
    rest_.remove_prefix(name.size());
    if (letters == 0) {  // \& \% \_ and the like
      out += name;
      return;
    }
    const auto letter = std::ranges::find(kLetters, name, [](auto& l) { return l.first; });
    if (letter == kLetters.end()) {  // a command we do not know stays readable
      out += name;
      return;
    }
    out += letter->second;
    if (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  void accented(char accent, std::string_view mark, std::string& out) {
    while (!rest_.empty() && (rest_.front() == '{' || rest_.front() == ' ' ||
                              (rest_.starts_with("\\i") || rest_.starts_with("\\j"))))
      rest_.remove_prefix(1);
    if (rest_.empty()) return;
    const char base = rest_.front();
    rest_.remove_prefix(1);
    if (base == '}') {  // an accent on nothing is the sign itself: \~{}
      out += accent;
      return;
    }
    const auto whole = std::ranges::find_if(
        kComposed, [&](const Composed& c) { return c.base == base && c.accent == accent; });
    if (whole != kComposed.end()) {
      out += whole->letter;
    } else {
      out += base;
      if (is_letter(base)) out += mark;
    }
  }

  std::string_view rest_;
};

}  // namespace

std::string from_tex(std::string_view text) { return TexReader(text).read(); }

std::string to_tex(std::string_view text) {
  std::string out;
  bool mathematics = false;
  const bool paired = std::ranges::count(text, '$') % 2 == 0;
  for (const char c : text) {
    if (c == '$' && paired) mathematics = !mathematics;
    if (!mathematics && (c == '&' || c == '%' || c == '#' || c == '_' || (c == '$' && !paired)))
      out += '\\';
    // Braces would have to balance, and a reader drops them anyway.
    if (!mathematics && (c == '{' || c == '}')) continue;
    if (!mathematics && c == '~') {
      out += "\\~{}";
      continue;
    }
    out += c;
  }
  return out;
}

}  // namespace offprint::feed
