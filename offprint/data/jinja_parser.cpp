#include <algorithm>
#include <charconv>

#include "offprint/core/error.h"
#include "offprint/data/jinja_lexer.h"
#include "offprint/data/jinja_syntax.h"

namespace offprint::data::jinja {
namespace {

using Kind = Expression::Kind;
using Words = std::initializer_list<std::string_view>;
// Brackets and tags inside each other, and signs in a row: parser and evaluation call themselves.
constexpr int kDeepest = 200;

bool is_one_of(std::string_view word, Words words) {
  return std::ranges::find(words, word) != words.end();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(tokens_of(text)) {}

  Body run() {
    Body body = statements({});
    if (here().kind != Token::Kind::end) fail_here("a tag that ends nothing");
    return body;
  }

 private:
  struct Deeper {
    explicit Deeper(Parser& parser) : depth(parser.depth_) {
      if (++depth > kDeepest) parser.fail_here("nested too deep");
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --depth; }
    int& depth;
  };

  // Until a tag that begins with one of `ends`, which is left standing.
  Body statements(Words ends) {
    const Deeper deeper(*this);
    Body body;
    for (;;) {
      const Token& token = here();
      if (token.kind == Token::Kind::text) {
        body.push_back({.kind = Statement::Kind::text, .at = token.at, .text = token.text});
        ++at_;
      } else if (token.kind == Token::Kind::print_begin) {
        Statement print{.kind = Statement::Kind::print, .at = token.at};
        ++at_;
        print.parts.push_back(expression());
        take(Token::Kind::print_end, "}}");
        body.push_back(std::move(print));
      } else if (token.kind == Token::Kind::tag_begin) {
        if (is_one_of(tokens_[at_ + 1].text, ends)) return body;
        tag(body);
      } else {
        return body;
      }
    }
  }

  void tag(Body& body) {
    ++at_;
    Statement s{.at = here().at};
    const std::string word = take_name();
    if (word == "for")
      loop(s);
    else if (word == "if")
      branch(s);
    else if (word == "set")
      set(s);
    else if (word == "macro")
      macro(s);
    else if (word == "break")
      s.kind = Statement::Kind::stop, end_tag();
    else if (word == "continue")
      s.kind = Statement::Kind::next, end_tag();
    else if (word == "generation" || word == "endgeneration")
      s.kind = Statement::Kind::pass, end_tag();  // marks for training: what is between stands
    else if (word.starts_with("end") || word.starts_with("el"))
      fail_at(s.at, fmt::format("'{}' ends nothing", word));
    else
      fail_at(
          s.at,
          fmt::format("the tag '{}', expected for, if, set, macro, break, continue or raw", word));
    body.push_back(std::move(s));
  }

  void loop(Statement& s) {
    s.kind = Statement::Kind::loop, s.names = names();
    take_word("in");
    s.parts.push_back(choiceless());
    s.parts.push_back(take_if("if") ? expression() : nullptr);
    if (take_if("recursive")) fail_here("a recursive loop, which chat templates do without");
    end_tag();
    s.bodies.push_back(statements({"endfor", "else"}));
    s.bodies.push_back(take_end("else") ? statements({"endfor"}) : Body{});
    close("endfor");
  }

  void branch(Statement& s) {
    s.kind = Statement::Kind::branch;
    do {
      s.parts.push_back(expression());
      end_tag();
      s.bodies.push_back(statements({"elif", "else", "endif"}));
    } while (take_tag("elif"));
    s.bodies.push_back(take_end("else") ? statements({"endif"}) : Body{});
    close("endif");
  }

  void set(Statement& s) {
    s.kind = Statement::Kind::set, s.names = names();
    if (take_if(".")) s.attribute = take_name();
    if (take_if("=")) {
      s.parts.push_back(tuple());
      return end_tag();
    }
    s.kind = Statement::Kind::set_body;
    end_tag();
    s.bodies.push_back(statements({"endset"}));
    close("endset");
  }

  void macro(Statement& s) {
    s.kind = Statement::Kind::macro, s.text = take_name();
    take_word("(");
    while (!take_if(")")) {
      s.names.push_back(take_name());
      s.parts.push_back(take_if("=") ? expression() : nullptr);
      if (here().text != ")") take_word(",");
    }
    end_tag();
    s.bodies.push_back(statements({"endmacro"}));
    close("endmacro");
  }

  ExpressionPtr expression() {
    const Deeper deeper(*this);
    ExpressionPtr value = either();
    for (int length = 0; here().kind == Token::Kind::name && here().text == "if";
         require_short(++length)) {
      ExpressionPtr choice = make(Kind::choice);
      ++at_;
      choice->parts.push_back(either());
      choice->parts.push_back(std::move(value));
      choice->parts.push_back(take_if("else") ? expression() : nullptr);
      value = std::move(choice);
    }
    return value;
  }
  // In `for x in EXPRESSION if CONDITION` the if is the loop's.
  ExpressionPtr choiceless() { return either(); }

  // `1, 2` without brackets is a list too.
  ExpressionPtr tuple() {
    ExpressionPtr first = expression();
    if (here().text != "," || here().kind != Token::Kind::sign) return first;
    ExpressionPtr list = make(Kind::list);
    list->parts.push_back(std::move(first));
    while (take_if(",")) list->parts.push_back(expression());
    return list;
  }

  template <class Below>
  ExpressionPtr left_to_right(Words signs, Below&& below) {
    ExpressionPtr left = below();
    for (int length = 0; (here().kind == Token::Kind::sign || here().kind == Token::Kind::name) &&
                         is_one_of(here().text, signs);
         require_short(++length))
      left = binary(std::move(left), below);
    return left;
  }
  template <class Below>
  ExpressionPtr binary(ExpressionPtr left, Below&& below) {
    ExpressionPtr both = make(Kind::binary, here().text);
    ++at_;
    both->parts.push_back(std::move(left));
    both->parts.push_back(below());
    return both;
  }

  ExpressionPtr either() {
    return left_to_right({"or"},
                         [&] { return left_to_right({"and"}, [&] { return negation(); }); });
  }
  ExpressionPtr negation() {
    if (here().kind != Token::Kind::name || here().text != "not") return comparison();
    const Deeper deeper(*this);
    ExpressionPtr no = make(Kind::unary, "not");
    ++at_;
    no->parts.push_back(negation());
    return no;
  }
  ExpressionPtr comparison() {
    ExpressionPtr left = joined();
    for (int length = 0;; require_short(++length)) {
      const bool is_not_in = here().text == "not" && tokens_[at_ + 1].text == "in";
      if (here().kind == Token::Kind::name && is_not_in) {
        ExpressionPtr no = make(Kind::unary, "not");
        ++at_;
        no->parts.push_back(binary(std::move(left), [&] { return joined(); }));
        left = std::move(no);
      } else if (is_one_of(here().text, {"==", "!=", "<", ">", "<=", ">=", "in"}) &&
                 here().kind != Token::Kind::string) {
        left = binary(std::move(left), [&] { return joined(); });
      } else {
        return left;
      }
    }
  }
  ExpressionPtr joined() {
    return left_to_right({"+", "-"}, [&] {
      return left_to_right({"~"}, [&] {
        return left_to_right({"*", "/", "//", "%"}, [&] {
          return left_to_right({"**"}, [&] { return with_filters(signed_value()); });
        });
      });
    });
  }
  // As in Jinja a sign binds closer than a filter: -3|abs is 3.
  ExpressionPtr signed_value() {
    if (here().kind != Token::Kind::sign || !is_one_of(here().text, {"-", "+"}))
      return with_members(atom());
    const Deeper deeper(*this);
    ExpressionPtr value = make(Kind::unary, here().text);
    ++at_;
    value->parts.push_back(signed_value());
    return value;
  }

  ExpressionPtr with_filters(ExpressionPtr value) {
    for (int length = 0;; require_short(++length)) {
      if (here().kind == Token::Kind::sign && here().text == "|") {
        ++at_;
        value = applied(Kind::filter, std::move(value));
      } else if (here().kind == Token::Kind::name && here().text == "is") {
        ++at_;
        const bool negative = take_if("not");
        value = applied(Kind::test, std::move(value));
        if (!negative) continue;
        ExpressionPtr no = make(Kind::unary, "not");
        no->parts.push_back(std::move(value));
        value = std::move(no);
      } else {
        return value;
      }
    }
  }

  // NAME or NAME(arguments) behind `|` and `is`; a test takes one argument without brackets too.
  ExpressionPtr applied(Kind kind, ExpressionPtr value) {
    ExpressionPtr out = make(kind, here().text);
    if (here().kind == Token::Kind::sign && kind == Kind::test)
      fail_here("a sign where a test's name should be");
    take_name();
    out->parts.push_back(std::move(value));
    out->names.emplace_back();
    const Token& next = here();
    if (next.kind == Token::Kind::sign && next.text == "(") {
      ++at_;
      arguments(*out);
    } else if (kind == Kind::test &&
               (next.kind == Token::Kind::string || next.kind == Token::Kind::whole ||
                next.kind == Token::Kind::number ||
                (next.kind == Token::Kind::name &&
                 !is_one_of(next.text, {"and", "or", "not", "if", "else", "is", "in"})) ||
                (next.kind == Token::Kind::sign && is_one_of(next.text, {"[", "{"})))) {
      out->parts.push_back(with_members(atom()));
      out->names.emplace_back();
    }
    return out;
  }

  ExpressionPtr with_members(ExpressionPtr value) {
    for (int length = 0;; require_short(++length)) {
      if (here().kind != Token::Kind::sign) return value;
      if (take_if(".")) {
        ExpressionPtr member = make(Kind::attribute, here().text);
        if (here().kind == Token::Kind::whole)
          ++at_;  // messages.0
        else
          take_name();
        member->parts.push_back(std::move(value));
        value = std::move(member);
      } else if (take_if("[")) {
        value = subscript(std::move(value));
      } else if (take_if("(")) {
        ExpressionPtr call = make(Kind::call);
        call->parts.push_back(std::move(value));
        call->names.emplace_back();
        arguments(*call);
        value = std::move(call);
      } else {
        return value;
      }
    }
  }

  ExpressionPtr subscript(ExpressionPtr value) {
    ExpressionPtr out = make(Kind::subscript);
    out->parts.push_back(std::move(value));
    const auto is = [&](std::string_view sign) {
      return here().kind == Token::Kind::sign && here().text == sign;
    };
    out->parts.push_back(is(":") ? nullptr : expression());
    while (out->parts.size() < 4 && take_if(":")) {
      out->kind = Kind::slice;
      out->parts.push_back(is(":") || is("]") ? nullptr : expression());
    }
    take_word("]");
    if (out->kind == Kind::slice) out->parts.resize(4);
    return out;
  }

  void arguments(Expression& call) {
    while (!take_if(")")) {
      const bool named = here().kind == Token::Kind::name && tokens_[at_ + 1].text == "=" &&
                         tokens_[at_ + 1].kind == Token::Kind::sign;
      call.names.push_back(named ? take_name() : "");
      if (named) take_word("=");
      call.parts.push_back(expression());
      if (here().kind != Token::Kind::sign || here().text != ")") take_word(",");
    }
  }

  ExpressionPtr atom() {
    const Token token = here();
    ExpressionPtr value = make(Kind::literal);
    ++at_;
    switch (token.kind) {
      case Token::Kind::string:
        value->value = token.text;
        while (here().kind == Token::Kind::string)
          value->value = *value->value.text() + tokens_[at_++].text;
        return value;
      case Token::Kind::whole:
        return whole(token, std::move(value));
      case Token::Kind::number:
        value->value = std::atof(token.text.c_str());
        return value;
      case Token::Kind::name:
        return named(token, std::move(value));
      case Token::Kind::sign:
        if (token.text == "(") return in_brackets();
        if (token.text == "[") return items(make(Kind::list), "]", false);
        if (token.text == "{") return items(make(Kind::dict), "}", true);
        break;
      default:
        break;
    }
    fail_at(token.at, token.text.empty() ? "a value is missing"
                                         : fmt::format("'{}' where a value should be", token.text));
  }
  ExpressionPtr whole(const Token& token, ExpressionPtr value) {
    int64_t number = 0;
    const auto end = token.text.data() + token.text.size();
    if (std::from_chars(token.text.data(), end, number).ec != std::errc())
      fail_at(token.at, "a number beyond 64 bits");
    value->value = number;
    return value;
  }
  ExpressionPtr named(const Token& token, ExpressionPtr value) {
    if (is_one_of(token.text, {"true", "True"}))
      value->value = true;
    else if (is_one_of(token.text, {"false", "False"}))
      value->value = false;
    else if (is_one_of(token.text, {"none", "None"}))
      value->value = nullptr;
    else
      value->kind = Kind::name, value->name = token.text;
    return value;
  }
  ExpressionPtr in_brackets() {
    const Deeper deeper(*this);
    if (take_if(")")) return make(Kind::list);
    ExpressionPtr value = expression();
    if (take_if(")")) return value;
    take_word(",");
    ExpressionPtr list = make(Kind::list);
    list->parts.push_back(std::move(value));
    return items(std::move(list), ")", false);
  }
  ExpressionPtr items(ExpressionPtr list, std::string_view end, bool pairs) {
    const Deeper deeper(*this);
    while (!take_if(end)) {
      list->parts.push_back(expression());
      if (pairs) {
        take_word(":");
        list->parts.push_back(expression());
      }
      if (here().text != end) take_word(",");
    }
    return list;
  }

  std::vector<std::string> names() {
    const bool bracket = take_if("(");
    std::vector<std::string> found = {take_name()};
    while (take_if(",")) found.push_back(take_name());
    if (bracket) take_word(")");
    return found;
  }

  void require_short(int length) const {
    if (length > kDeepest) fail_here("an expression that is too long");
  }
  const Token& here() const { return tokens_[at_]; }
  ExpressionPtr make(Kind kind, std::string name = "") const {
    auto made = std::make_unique<Expression>();
    made->kind = kind, made->at = here().at, made->name = std::move(name);
    return made;
  }
  bool take_if(std::string_view word) {
    const Token& token = here();
    const bool is =
        (token.kind == Token::Kind::sign || token.kind == Token::Kind::name) && token.text == word;
    if (is) ++at_;
    return is;
  }
  void take_word(std::string_view word) {
    if (!take_if(word)) fail_here(fmt::format("'{}' is missing", word));
  }
  void take(Token::Kind kind, std::string_view what) {
    if (here().kind != kind) fail_here(fmt::format("'{}' is missing", what));
    ++at_;
  }
  std::string take_name() {
    if (here().kind != Token::Kind::name) fail_here("a name is missing");
    return tokens_[at_++].text;
  }
  void end_tag() { take(Token::Kind::tag_end, "%}"); }
  // {% word ..., if that is what stands here; its rest is left.
  bool take_tag(std::string_view word) {
    if (here().kind != Token::Kind::tag_begin || tokens_[at_ + 1].text != word) return false;
    at_ += 2;
    return true;
  }
  bool take_end(std::string_view word) {
    if (!take_tag(word)) return false;
    end_tag();
    return true;
  }
  void close(std::string_view word) {
    if (!take_end(word)) fail_here(fmt::format("{{% {} %}} is missing", word));
  }
  [[noreturn]] void fail_here(std::string_view message) const { fail_at(here().at, message); }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Body parse_template(std::string_view text) { return Parser(text).run(); }

}  // namespace offprint::data::jinja
