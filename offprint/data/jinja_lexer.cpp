#include "offprint/data/jinja_lexer.h"

#include <algorithm>
#include <array>

#include "offprint/core/error.h"

namespace offprint::data::jinja {
namespace {

constexpr auto kSigns = std::to_array<std::string_view>(
    {"==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<",
     ">",  "=",  "(",  ")",  "[",  "]",  "{", "}", ",", ":", ".", "|"});

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {
    // As Jinja: the one line break at the very end is the file's, not the text's.
    if (text_.ends_with('\n')) text_.remove_suffix(1);
  }

  std::vector<Token> run() {
    while (at_ < text_.size()) between_tags();
    add(Token::Kind::end, "");
    return std::move(tokens_);
  }

 private:
  void between_tags() {
    size_t open = at_;
    while (open < text_.size() && !opens(open)) ++open;
    std::string_view before = text_.substr(at_, open - at_);
    if (open == text_.size()) return add_text(before), move_to(open);
    const char what = text_[open + 1];
    const char mark = open + 2 < text_.size() ? text_[open + 2] : ' ';
    // Blanks from the line's begin to a tag go, not those to a value.
    const size_t line = before.find_last_not_of(" \t");
    const bool begins_line = line == before.npos ? fresh_line_ : before[line] == '\n';
    if (mark == '-')
      before = before.substr(0, last_of_text(before));
    else if (what != '{' && mark != '+' && begins_line)
      before = before.substr(0, line == before.npos ? 0 : line + 1);
    add_text(before);
    move_to(open + 2 + (mark == '-' || mark == '+' ? 1 : 0));
    if (what == '#') return comment(), after_tag(true);
    const bool is_print = what == '{';
    tokens_.push_back({is_print ? Token::Kind::print_begin : Token::Kind::tag_begin, "", place_});
    const size_t first = tokens_.size();
    words(is_print ? "}}" : "%}");
    tokens_.push_back({is_print ? Token::Kind::print_end : Token::Kind::tag_end, "", place_});
    if (!is_print && first + 2 == tokens_.size() && tokens_[first].text == "raw") return raw(first);
    after_tag(!is_print);
  }

  bool opens(size_t at) const {
    return text_[at] == '{' && at + 1 < text_.size() &&
           (text_[at + 1] == '{' || text_[at + 1] == '%' || text_[at + 1] == '#');
  }
  static size_t last_of_text(std::string_view text) {
    size_t end = text.size();
    while (end > 0 && is_space(text[end - 1])) --end;
    return end;
  }

  // What `-%}` and a line break after a tag take away. trimmed_ says that `-` stood there.
  void after_tag(bool is_tag) {
    fresh_line_ = false;
    if (trimmed_) {
      while (at_ < text_.size() && is_space(text_[at_])) move_to(at_ + 1);
    } else if (is_tag && !kept_) {
      if (at_ < text_.size() && text_[at_] == '\n') move_to(at_ + 1), fresh_line_ = true;
    }
    trimmed_ = kept_ = false;
  }

  void comment() {
    const size_t end = text_.find("#}", at_);
    if (end == text_.npos) fail_at(place_, "a comment without #}");
    trimmed_ = end > at_ && text_[end - 1] == '-';
    kept_ = end > at_ && text_[end - 1] == '+';
    move_to(end + 2);
  }

  // {% raw %} ... {% endraw %}: text as it stands.
  void raw(size_t first) {
    const Place begin = tokens_[first].at;
    tokens_.resize(first - 1);
    after_tag(true);
    for (size_t open = text_.find("{%", at_); open != text_.npos;
         open = text_.find("{%", open + 1)) {
      size_t at = open + 2;
      while (at < text_.size() && (is_space(text_[at]) || text_[at] == '-')) ++at;
      if (!text_.substr(at).starts_with("endraw")) continue;
      const size_t close = text_.find("%}", at);
      if (close == text_.npos) break;
      std::string_view inside = text_.substr(at_, open - at_);
      if (text_[open + 2] == '-') inside = inside.substr(0, last_of_text(inside));
      add_text(inside);
      trimmed_ = text_[close - 1] == '-';
      move_to(close + 2);
      return after_tag(true);
    }
    fail_at(begin, "{% raw %} without {% endraw %}");
  }

  void words(std::string_view close) {
    int open = 0;  // a dict's } may stand before the tag's end
    for (;;) {
      while (at_ < text_.size() && is_space(text_[at_])) move_to(at_ + 1);
      if (at_ == text_.size()) fail_at(place_, fmt::format("a tag without {}", close));
      const std::string_view rest = text_.substr(at_);
      const bool marked = rest[0] == '-' || rest[0] == '+';
      if (open == 0 && (rest.starts_with(close) || (marked && rest.substr(1).starts_with(close)))) {
        trimmed_ = rest[0] == '-', kept_ = rest[0] == '+';
        return move_to(at_ + (marked ? 3 : 2));
      }
      if (is_letter(rest[0]))
        add_while(Token::Kind::name, [](char c) { return is_letter(c) || is_digit(c); });
      else if (is_digit(rest[0]))
        number();
      else if (rest[0] == '\'' || rest[0] == '"')
        string();
      else
        open += sign();
    }
  }

  template <class Belongs>
  void add_while(Token::Kind kind, Belongs&& belongs) {
    size_t end = at_;
    while (end < text_.size() && belongs(text_[end])) ++end;
    add(kind, std::string(text_.substr(at_, end - at_)));
    move_to(end);
  }

  // 12, 1_000, 1.5, 1e-3.
  void number() {
    const auto digits_end = [&](size_t at) {
      while (at < text_.size() && (is_digit(text_[at]) || text_[at] == '_')) ++at;
      return at;
    };
    const auto digit_at = [&](size_t at) { return at < text_.size() && is_digit(text_[at]); };
    size_t end = digits_end(at_);
    bool whole = true;
    if (end < text_.size() && text_[end] == '.' && digit_at(end + 1))
      end = digits_end(end + 1), whole = false;
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      const size_t sign =
          end + 1 < text_.size() && (text_[end + 1] == '-' || text_[end + 1] == '+');
      if (digit_at(end + 1 + sign)) end = digits_end(end + 1 + sign), whole = false;
    }
    std::string digits(text_.substr(at_, end - at_));
    std::erase(digits, '_');
    add(whole ? Token::Kind::whole : Token::Kind::number, std::move(digits));
    move_to(end);
  }

  void string() {
    const char quote = text_[at_];
    Token token{Token::Kind::string, "", place_};
    for (size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) {
        tokens_.push_back(std::move(token));
        return move_to(i + 1);
      }
      if (text_[i] != '\\' || i + 1 == text_.size()) {
        token.text += text_[i];
        continue;
      }
      const char c = text_[++i];
      const size_t known = std::string_view("ntrbf0").find(c);
      if (known != std::string_view::npos)
        token.text += std::string_view("\n\t\r\b\f\0", 6)[known];
      else if (c == '\\' || c == '\'' || c == '"')
        token.text += c;
      else
        (token.text += '\\') += c;
    }
    fail_at(token.at, "a string without its end");
  }

  // How much deeper in brackets it leads.
  int sign() {
    const std::string_view rest = text_.substr(at_);
    const auto found =
        std::ranges::find_if(kSigns, [&](std::string_view s) { return rest.starts_with(s); });
    if (found == kSigns.end()) fail_at(place_, fmt::format("'{}' in a tag", rest[0]));
    add(Token::Kind::sign, std::string(*found));
    move_to(at_ + found->size());
    const char c = (*found)[0];
    return c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
  }

  void add_text(std::string_view text) {
    if (!text.empty()) add(Token::Kind::text, std::string(text));
  }
  void add(Token::Kind kind, std::string text) {
    tokens_.push_back({kind, std::move(text), place_});
  }
  void move_to(size_t at) {
    for (; at_ < at; ++at_) {
      if (text_[at_] == '\n')
        ++place_.line, place_.column = 1;
      else
        place_.column += (text_[at_] & 0xC0) != 0x80;
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  Place place_;
  bool fresh_line_ = true;               // at_ stands where a line begins
  bool trimmed_ = false, kept_ = false;  // the tag before ended with - or +
  std::vector<Token> tokens_;
};

}  // namespace

void fail_at(Place at, std::string_view message) {
  fail("line {}, column {}: {}", at.line, at.column, message);
}

std::vector<Token> tokens_of(std::string_view text) {
  std::string lines;  // line breaks of every system as Jinja reads them
  for (size_t i = 0; i < text.size(); ++i) {
    lines += text[i] == '\r' ? '\n' : text[i];
    i += text.substr(i).starts_with("\r\n");
  }
  return Lexer(lines).run();
}

}  // namespace offprint::data::jinja
