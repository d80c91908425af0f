// How a model wants a conversation written: the Jinja template in its file. Of the language what
// chat templates use, with Python's meaning: for (with if and else), if, set, macro, raw, break and
// continue; filters, tests, methods of strings, lists and dicts, slices; loop, range, namespace,
// raise_exception, strftime_now. Not: include, import, extends, blocks, call, recursive loops.
// A template is data of a stranger: it runs for a bounded number of steps, makes a bounded text,
// and reaches nothing but what it is given.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "offprint/core/json.h"

namespace offprint::data {

class ChatTemplate {
 public:
  // `source` names it in messages. Throws Error "<source>: line 3, column 7: ...".
  ChatTemplate(std::string_view text, std::string source);
  ~ChatTemplate();
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;

  // With these variables: {"messages": [{"role": .., "content": ..}], "add_generation_prompt":
  // true, "bos_token": "<s>", "tools": [..]}. `now`: seconds since 1970 in UTC, for strftime_now.
  // Throws Error with the place on what the template refuses or asks for in vain. Safe from several
  // threads.
  std::string render(const Json& variables, int64_t now = 0) const;

 private:
  struct Program;
  std::string source_;
  std::unique_ptr<Program> program_;
};

}  // namespace offprint::data
