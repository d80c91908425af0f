#include "offprint/web/math_view.h"

#include <algorithm>
#include <string>

#include "offprint/core/utf8.h"
#include "offprint/web/math_symbols.h"

namespace offprint::web {
namespace {

constexpr size_t kLongest = 2000;  // bytes of a formula
constexpr std::string_view kFences = "()[]|";
constexpr int kDeepest = 24;  // groups within groups

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Html row(const std::vector<Html>& atoms) {
  if (atoms.size() == 1) return atoms.front();
  Html out;
  for (const Html& atom : atoms) out += atom;
  return plain("mrow", out);
}

Html upright(const std::string& text) { return element("mi", {{"mathvariant", "normal"}}, text); }

// Reads TeX from the front. What it does not know ends the reading; readable() says so then.
class TexMath {
 public:
  explicit TexMath(std::string_view tex) : rest_(tex) {}

  std::vector<Html> atoms_until(char end) {
    std::vector<Html> atoms;
    for (skip(); !rest_.empty() && rest_.front() != end; skip()) atoms.push_back(scripted(atom()));
    if (end != '\0' && rest_.empty()) unreadable();
    return atoms;
  }
  bool readable() const { return readable_; }

 private:
  Html unreadable() {
    readable_ = false, rest_ = {};
    return {};
  }
  void skip() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }
  char take() {
    if (rest_.empty()) unreadable();
    if (rest_.empty()) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // A group in braces, or the next single atom.
  Html argument() {
    skip();
    if (rest_.empty()) return unreadable();
    if (is_digit(rest_.front())) return plain("mn", std::string(1, take()));  // \frac12 is a half
    if (rest_.front() != '{') return atom();
    take();
    return group('}');
  }
  Html group(char end) {
    if (++depth_ > kDeepest) return unreadable();
    const Html inside = row(atoms_until(end));
    take();
    --depth_;
    return inside;
  }
  // What stands in braces, as it is.
  std::string raw_argument() {
    skip();
    const bool opened = take() == '{';
    const size_t end = rest_.find('}');
    if (!opened || end == rest_.npos) {
      unreadable();
      return "";
    }
    const std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  Html scripted(Html base) {
    Html below, above;
    for (skip(); !rest_.empty(); skip()) {
      const char c = rest_.front();
      if (c == '\'') {
        take();
        above += plain("mo", "′");
      } else if (c == '_' || c == '^') {
        take();
        (c == '_' ? below : above) += argument();
      } else {
        break;
      }
    }
    if (below.empty() && above.empty()) return base;
    const auto one = [](const Html& script) { return plain("mrow", script); };
    if (below.empty()) return plain("msup", {base, one(above)});
    if (above.empty()) return plain("msub", {base, one(below)});
    return plain("msubsup", {base, one(below), one(above)});
  }

  Html atom() {
    if (rest_.empty() || ++depth_ > kDeepest) return unreadable();
    Html read = plain_atom();
    --depth_;
    return read;
  }

  Html plain_atom() {
    const char c = rest_.front();
    if (c == '\\') return command();
    if (c == '^' || c == '_') return plain("mrow");  // a script without a base: 10$^{th}$
    if (is_digit(c)) return number();
    if (static_cast<unsigned char>(c) >= 0x80) return foreign();
    take();
    if (c == '{') return group('}');
    if (is_letter(c)) return plain("mi", std::string(1, c));
    if (c == '~') return space("0.33em");
    if (c == '-') return plain("mo", "−");
    if (c == '*') return plain("mo", "∗");
    if (kFences.find(c) != kFences.npos)  // they grow behind \left and \right alone
      return element("mo", {{"stretchy", "false"}}, std::string(1, c));
    if (std::string_view("+=<>/,.;:!?`\"@").find(c) != std::string_view::npos)
      return plain("mo", std::string(1, c));
    return unreadable();
  }

  Html number() {
    size_t size = 1;
    while (size < rest_.size() &&
           (is_digit(rest_[size]) ||
            (rest_[size] == '.' && size + 1 < rest_.size() && is_digit(rest_[size + 1]))))
      ++size;
    const std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return plain("mn", text);
  }

  Html foreign() {
    const size_t size = std::min(decode_utf8(rest_, 0).bytes, rest_.size());
    const std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return plain("mi", text);
  }

  static Html space(const char* width) { return element("mspace", {{"width", width}}); }

  Html command() {
    take();
    if (rest_.empty()) return unreadable();
    if (!is_letter(rest_.front())) return sign(take());
    size_t size = 0;
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return named(name);
  }

  Html sign(char c) {
    switch (c) {
      case ',':
      case ':':
      case ';':
      case ' ':
        return space("0.2em");
      case '!':
        return {};
      case '|':
        return plain("mo", "‖");
      case '{':
      case '}':
      case '%':
      case '_':
      case '&':
      case '#':
      case '$':
        return plain("mo", std::string(1, c));
      default:
        return unreadable();
    }
  }

  Html named(std::string_view name) {
    if (name == "frac" || name == "tfrac" || name == "dfrac") {
      const Html above = argument(), below = argument();
      return plain("mfrac", {plain("mrow", above), plain("mrow", below)});
    }
    if (name == "sqrt") return root();
    if (name == "left" || name == "right") return fence();
    if (name == "quad" || name == "qquad") return space(name == "quad" ? "1em" : "2em");
    if (name == "text" || name == "textrm" || name == "textbf" || name == "textit" ||
        name == "texttt" || name == "mbox")
      return plain("mtext", raw_argument());
    if (name == "mathrm" || name == "operatorname" || name == "mathit")
      return upright(raw_argument());
    if (const std::string_view accent = accent_of(name); !accent.empty())
      return element("mover", {{"accent", "true"}},
                     {plain("mrow", argument()), plain("mo", accent)});
    if (letter_of(name, 'A') != "A") return in_alphabet(name);
    if (name == "displaystyle" || name == "textstyle" || name == "limits" || name == "nolimits" ||
        name == "big" || name == "Big" || name == "bigl" || name == "bigr" || name == "Bigl" ||
        name == "Bigr")
      return {};
    const auto symbol = math_symbol(name);
    if (!symbol) return unreadable();
    const std::string text(symbol->text);
    if (symbol->kind == Symbol::operation) return plain("mo", text);
    if (symbol->kind == Symbol::letter) return plain("mi", text);
    return element("mo", {{"lspace", "0.17em"}, {"rspace", "0.1em"}}, text);  // log, max
  }

  Html root() {
    skip();
    if (rest_.empty() || rest_.front() != '[') return plain("msqrt", argument());
    take();
    const Html degree = group(']');
    return plain("mroot", {plain("mrow", argument()), plain("mrow", degree)});
  }

  Html fence() {
    skip();
    if (rest_.empty()) return unreadable();
    if (rest_.front() == '.') {  // no delimiter on this side
      take();
      return {};
    }
    return kFences.find(rest_.front()) == kFences.npos ? atom()
                                                       : plain("mo", std::string(1, take()));
  }

  // \mathbf{x}, \mathbb R: letters one by one.
  Html in_alphabet(std::string_view name) {
    skip();
    const bool braces = !rest_.empty() && rest_.front() == '{';
    const std::string letters = braces ? raw_argument() : std::string(1, take());
    Html out;
    for (const char c : letters) {
      if (!is_letter(c) && !is_digit(c)) {
        // \boldsymbol{\theta}: Unicode has it bold, but who reads it needs no more than the letter.
        TexMath inner(letters);
        const Html read = plain("mrow", row(inner.atoms_until('\0')));
        return inner.readable() ? read : unreadable();
      }
      out += plain("mi", letter_of(name, c));
    }
    return letters.size() == 1 ? out : plain("mrow", out);
  }

  std::string_view rest_;
  int depth_ = 0;
  bool readable_ = true;
};

// Where the mathematics that begins at text[at] == '$' ends, behind its last dollar; npos: nowhere,
// the dollar is money.
size_t end_of_math(std::string_view text, size_t at, size_t dollars) {
  const size_t first = at + dollars;
  if (first >= text.size() || text[first] == ' ') return text.npos;
  for (size_t end = first; (end = text.find('$', end)) != text.npos; ++end) {
    if (text[end - 1] == '\\') continue;
    if (dollars == 2) return end + 1 < text.size() && text[end + 1] == '$' ? end + 2 : text.npos;
    const bool money = end + 1 < text.size() && is_digit(text[end + 1]);
    return text[end - 1] == ' ' || money ? text.npos : end + 1;
  }
  return text.npos;
}

}  // namespace

Html math_view(std::string_view tex) {
  if (tex.empty() || tex.size() > kLongest) return {};
  TexMath reader(tex);
  const Html read = row(reader.atoms_until('\0'));
  return reader.readable() ? element("math", {{"alttext", std::string(tex)}}, read) : Html();
}

Html text_with_math(std::string_view text) {
  Html out;
  size_t shown = 0;  // up to here
  for (size_t at = 0; (at = text.find('$', at)) != text.npos;) {
    const size_t dollars = text.substr(at).starts_with("$$") ? 2 : 1;
    const bool escaped = at > 0 && text[at - 1] == '\\';
    const size_t end = escaped ? text.npos : end_of_math(text, at, dollars);
    const Html math =
        end == text.npos ? Html() : math_view(text.substr(at + dollars, end - at - 2 * dollars));
    if (math.empty()) {
      at = end == text.npos ? at + dollars : end;
      continue;
    }
    out += Html(text.substr(shown, at - shown));
    out += math;
    shown = at = end;
  }
  out += Html(text.substr(shown));
  return out;
}

}  // namespace offprint::web
