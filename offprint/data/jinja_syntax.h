// Jinja templates as trees. For chat_template's files.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/data/jinja_value.h"

namespace offprint::data::jinja {

struct Place {
  int line = 1, column = 1;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Expression {
  enum class Kind {
    literal,    // value
    name,       // name
    list,       // parts
    dict,       // parts: key, value, key, value
    attribute,  // parts[0].name
    subscript,  // parts[0][parts[1]]
    slice,      // parts[0][parts[1]:parts[2]:parts[3]], null where left out
    call,       // parts[0](parts[1..], names[i]=...)
    filter,     // parts[0] | name(parts[1..])
    test,       // parts[0] is name(parts[1..])
    unary,      // name: "not", "-", "+"
    binary,     // parts[0] name parts[1]: "+", "and", "in", "==", ...
    choice,     // parts[1] if parts[0] else parts[2]; null: undefined
  };
  Kind kind = Kind::literal;
  Place at = {};
  std::string name = {};
  Value value = {};
  std::vector<ExpressionPtr> parts = {};
  std::vector<std::string> names = {};  // of arguments, "" for those by position; as long as parts
};

struct Statement;
using Body = std::vector<Statement>;

struct Statement {
  enum class Kind { text, print, loop, branch, set, set_body, macro, pass, next, stop };
  Kind kind = Kind::text;
  Place at = {};
  std::string text = {};                  // what stands there; a macro's name
  std::vector<std::string> names = {};    // of the loop, of set; parameters of a macro
  std::string attribute = {};             // of set on a namespace
  std::vector<ExpressionPtr> parts = {};  // printed; conditions of branches; iterated and
                                          // condition; defaults of parameters, null for none
  std::vector<Body> bodies = {};          // one a condition, and one more for else
};

// Whitespace is cut as chat templates expect it: the line break after a tag goes, and the blanks
// before a tag that begins its line. Throws Error "line 3, column 7: ..." on what is no template of
// the language described in chat_template.h.
Body parse_template(std::string_view text);

}  // namespace offprint::data::jinja
