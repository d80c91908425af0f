#include "offprint/data/dot_graph.h"

#include <algorithm>
#include <cctype>

#include "offprint/core/error.h"
#include "offprint/data/table.h"
#include "offprint/data/text_file.h"

namespace offprint::data {
namespace {

constexpr size_t kLongest = 1'000'000;

struct Token {
  std::string text;  // "" at the end
  bool name = false;
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& source) : text_(text), source_(source) {
    advance();
  }

  DotGraph graph() {
    if (is("strict")) advance();
    if (is("graph")) broken("an undirected graph, expected 'digraph'");
    if (!is("digraph")) broken(fmt::format("{}, expected 'digraph'", now()));
    advance();
    if (token_.name) advance();
    expect("{");
    while (!is_sign("}")) statement();
    advance();
    if (!token_.text.empty()) broken(fmt::format("{} after the graph's end", now()));
    return std::move(out_);
  }

 private:
  [[noreturn]] void broken(const std::string& what) const {
    fail("{}: line {}: {}", source_, token_line_, what);
  }
  std::string now() const {
    return token_.text.empty() && !token_.name ? "the end of the text" : in_quotes(token_.text);
  }
  bool is(std::string_view word) const { return token_.name && token_.text == word; }
  bool is_sign(std::string_view sign) const { return !token_.name && token_.text == sign; }
  void expect(std::string_view sign) {
    if (!is_sign(sign)) broken(fmt::format("{}, expected '{}'", now(), sign));
    advance();
  }

  void statement() {
    if (is("subgraph")) broken("a subgraph, expected nodes and edges");
    if (is("node") || is("edge") || is("graph")) {
      advance();
      attributes();
    } else {
      const size_t known = out_.nodes.size();
      std::vector<std::string> from = side();
      if (is_sign("=")) {  // rankdir = LR: not a node
        out_.nodes.resize(known);
        advance();
        if (!token_.name) broken(fmt::format("{}, expected a value", now()));
        advance();
      }
      while (is_sign("->")) {
        advance();
        std::vector<std::string> to = side();
        for (const std::string& a : from)
          for (const std::string& b : to) out_.edges.emplace_back(a, b);
        from = std::move(to);
      }
      attributes();
    }
    while (is_sign(";")) advance();
  }

  std::vector<std::string> side() {
    std::vector<std::string> names;
    if (!is_sign("{")) return {name()};
    advance();
    while (!is_sign("}")) {
      names.push_back(name());
      while (is_sign(";") || is_sign(",")) advance();
    }
    advance();
    return names;
  }

  std::string name() {
    if (is_sign("--")) broken("'--', expected '->': arrows have a direction");
    if (!token_.name) broken(fmt::format("{}, expected the name of a variable", now()));
    std::string text = token_.text;
    if (std::ranges::find(out_.nodes, text) == out_.nodes.end()) out_.nodes.push_back(text);
    advance();
    if (is_sign(":")) broken("a port, expected names of variables alone");
    return text;
  }

  void attributes() {
    while (is_sign("[")) {
      while (!is_sign("]")) {
        if (token_.text.empty() && !token_.name) broken("'[' is never closed");
        advance();
      }
      advance();
    }
  }

  void advance() {
    skip_blanks();
    token_line_ = line_, token_ = {};
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (c == '"') return quoted();
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
        static_cast<unsigned char>(c) >= 128) {
      const size_t start = at_;
      while (at_ < text_.size() &&
             (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_' ||
              text_[at_] == '.' || static_cast<unsigned char>(text_[at_]) >= 128))
        ++at_;
      token_ = {std::string(text_.substr(start, at_ - start)), true};
      return;
    }
    const std::string_view two = text_.substr(at_, 2);
    token_.text = two == "->" || two == "--" ? std::string(two) : std::string(1, c);
    at_ += token_.text.size();
  }

  void quoted() {
    token_.name = true;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      if (text_[at_] == '\n') ++line_;
      token_.text += text_[at_];
    }
    if (at_ == text_.size()) broken("a quote is never closed");
    ++at_;
  }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("//") || rest.starts_with("#")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest.starts_with("/*")) {
        const size_t end = text_.find("*/", at_ + 2);
        token_line_ = line_;
        if (end == text_.npos) broken("a comment is never closed");
        line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                            text_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
        at_ = end + 2;
      } else if (std::isspace(static_cast<unsigned char>(rest[0])) != 0) {
        line_ += rest[0] == '\n';
        ++at_;
      } else {
        return;
      }
    }
  }

  std::string_view text_;
  const std::string& source_;
  size_t at_ = 0;
  int64_t line_ = 1, token_line_ = 1;
  Token token_;
  DotGraph out_;
};

}  // namespace

DotGraph parse_dot(std::string_view text, const std::string& source) {
  require(text.size() <= kLongest, "{}: {} characters, expected at most {}", source, text.size(),
          kLongest);
  return Reader(text, source).graph();
}

DotGraph read_dot(const std::filesystem::path& path) {
  const Contents contents(path);
  return parse_dot(text_of(contents, path.string()), path.string());
}

}  // namespace offprint::data
