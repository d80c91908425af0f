// A Jinja template cut into text and tags, and a tag into words. For chat_template's files.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/data/jinja_syntax.h"

namespace offprint::data::jinja {

[[noreturn]] void fail_at(Place at, std::string_view message);

struct Token {
  enum class Kind {
    text,
    print_begin,
    print_end,
    tag_begin,
    tag_end,
    name,
    string,
    whole,
    number,
    sign,
    end
  };
  Kind kind = Kind::end;
  std::string text = {};  // of strings what they stand for
  Place at = {};
};

// Ends with Kind::end. Throws Error on what cannot be cut.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace offprint::data::jinja
