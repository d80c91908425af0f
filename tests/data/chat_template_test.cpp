// Against Jinja itself: tests/peers/chat_template.py. Here: what is refused, where, and bounds.
#include "offprint/data/chat_template.h"

#include <doctest/doctest.h>

#include <thread>

#include "offprint/core/error.h"

using namespace offprint;
using data::ChatTemplate;

namespace {

std::string rendered(const std::string& text, const Json& variables = Json::object()) {
  return ChatTemplate(text, "t").render(variables);
}
std::string error_of(const std::string& text, const Json& variables = Json::object()) {
  try {
    rendered(text, variables);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}
std::string times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("chat template: blanks and line breaks go as chat templates expect") {
  CHECK(rendered("a\n  {% if true %}\nb\n  {% endif %}\nc\n") == "a\nb\nc");
  CHECK(rendered("a  {{- 1 -}}  b") == "a1b");
  CHECK(rendered("a\n  {%+ if true %}b{% endif %}") == "a\n  b");
  CHECK(rendered("x {# a {{ comment }} #}\ny") == "x y");
  CHECK(rendered("{% raw %}{{ x }}{% endraw %}") == "{{ x }}");
}

TEST_CASE("chat template: what is set in a loop ends with its turn, a namespace stays") {
  CHECK(rendered("{% set n = 0 %}{% for i in [1, 2] %}{% set n = i %}{% endfor %}{{ n }}") == "0");
  CHECK(rendered("{% set s = namespace(n=0) %}{% for i in [1, 2] %}{% set s.n = s.n + i %}"
                 "{% endfor %}{{ s.n }}") == "3");
  CHECK(rendered("{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
                 {{"d", {{"b", 1}, {"a", 2}}}}) == "b=1;a=2;");
}

TEST_CASE("chat template: errors say where and what") {
  CHECK(error_of("a\n{{ x") == "t: line 2, column 5: a tag without }}");
  CHECK(error_of("{% for x in y %}") == "t: line 1, column 17: {% endfor %} is missing");
  CHECK(error_of("{% endif %}") == "t: line 1, column 4: 'endif' ends nothing");
  CHECK(error_of("{% include 'x' %}") ==
        "t: line 1, column 4: the tag 'include', expected for, if, set, macro, break, continue or "
        "raw");
  CHECK(error_of("\n  {{ a.b.c }}") == "t: line 2, column 8: 'a' is undefined and has no 'b'");
  CHECK(error_of("{{ f() }}") ==
        "t: line 1, column 6: 'f', which is undefined, is called, expected "
        "a function");
  CHECK(error_of("{{ 'a' + 1 }}") == "t: line 1, column 8: a string + a whole number");
  CHECK(error_of("{{ 1 / 0 }}") == "t: line 1, column 6: divided by 0");
  CHECK(error_of("{{ 1 | nofilter }}") == "t: line 1, column 8: there is no filter 'nofilter'");
  CHECK(error_of("{{ raise_exception('roles must alternate') }}") ==
        "t: line 1, column 20: the template refuses this conversation: roles must alternate");
  CHECK(error_of("{{ 99999999999999999999 }}") == "t: line 1, column 4: a number beyond 64 bits");
}

TEST_CASE("chat template: a stranger's template comes to an end and stays small") {
  const std::string loops = times("{% for a in range(1000) %}", 4) + times("{% endfor %}", 4);
  CHECK(error_of(loops).find("does not come to an end") != std::string::npos);
  CHECK(error_of("{% set s = namespace(x='aaaaaaaaaa') %}{% for i in range(100) %}"
                 "{% set s.x = s.x + s.x %}{% endfor %}")
            .find("a text beyond 64 MiB") != std::string::npos);
  CHECK(error_of("{{ 'abc' * 1000000000 }}").find("a text beyond 64 MiB") != std::string::npos);
  CHECK(error_of("{{ range(10000000) }}").find("range: more than 100000") != std::string::npos);
  CHECK(
      error_of("{{ " + times("(", 5000) + "1" + times(")", 5000) + " }}").find("nested too deep") !=
      std::string::npos);
  CHECK(error_of(times("{% if 1 %}", 5000)).find("nested too deep") != std::string::npos);
  CHECK(error_of("{{ " + times("not ", 5000) + "1 }}").find("nested too deep") !=
        std::string::npos);
  CHECK(error_of("{{ " + times("-", 5000) + "1 }}").find("nested too deep") != std::string::npos);
  CHECK(error_of("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
            .find("macros call each other too deep") != std::string::npos);
  CHECK(error_of("{% set l = [] %}{{ l.append([l]) }}").find("a list inside itself") !=
        std::string::npos);
  CHECK(error_of("{% set n = namespace() %}{% set n.x = [n] %}").find("a dict inside itself") !=
        std::string::npos);
  for (const char* more : {" + 1", "|abs", " < 1", " if 1"})
    CHECK(error_of("{{ 1" + times(more, 100000) + " }}").find("too long") != std::string::npos);
}

TEST_CASE("chat template: the date is the caller's") {
  CHECK(ChatTemplate("{{ strftime_now('%Y-%m-%d') }}", "t").render(Json::object(), 86400) ==
        "1970-01-02");
}

TEST_CASE("chat template: one template, many threads") {
  const ChatTemplate chat("{% for m in messages %}[{{ m.content|trim }}]{% endfor %}", "t");
  std::vector<std::thread> threads;
  std::vector<std::string> said(4);
  for (size_t t = 0; t < said.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i)
        said[t] = chat.render({{"messages", {{{"content", std::to_string(t) + " "}}}}});
    });
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 0; t < said.size(); ++t) CHECK(said[t] == fmt::format("[{}]", t));
}
