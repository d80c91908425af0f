#include "offprint/core/table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "offprint/core/utf8.h"

using namespace offprint;

TEST_CASE("TextTable: numbers stand right, words left, and accents take one column") {
  const TextTable table{
      "Claims", {"claim", "ours"}, {{"naïve", "3"}, {"S4D → recurrent", "12.5 %"}, {"日本", "–"}}};
  CHECK(table.to_terminal() ==
        "Claims\n"
        "claim              ours\n"
        "───────────────  ──────\n"
        "naïve                 3\n"
        "S4D → recurrent  12.5 %\n"
        "日本                  –\n");
}

TEST_CASE("TextTable: the widest column gives way and its cells wrap at words") {
  const TextTable table{"", {"id", "statement"}, {{"a", "one two three four five six seven"}}};
  CHECK(table.to_terminal(20) ==
        "id  statement\n"
        "──  ────────────────\n"
        "a   one two three\n"
        "    four five six\n"
        "    seven\n");
}

TEST_CASE("TextTable: rows of several lines stand apart, rows of one do not") {
  const TextTable table{
      "", {"id", "what"}, {{"a", "x"}, {"b", "y"}, {"c", "one\ntwo"}, {"d", "z"}}};
  CHECK(table.to_terminal() == "id  what\n──  ────\na   x\nb   y\n\nc   one\n    two\n\nd   z\n");
}

TEST_CASE("TextTable: no line is wider than asked, even with one long word") {
  const TextTable table{"", {"a", "b"}, {{std::string(50, 'x'), "日本語日本語日本語日本語"}}};
  std::istringstream lines(table.to_terminal(24));
  for (std::string line; std::getline(lines, line);) CHECK(display_width(line) <= 24);
}

TEST_CASE("TextTable: Markdown escapes bars and keeps a row on its line") {
  const TextTable table{"T", {"a", "n"}, {{"x|y\nz", "1"}}};
  CHECK(table.to_markdown() == "**T**\n\n| a | n |\n| --- | ---: |\n| x\\|y<br>z | 1 |\n");
}

TEST_CASE("TextTable: HTML escapes what could be markup") {
  const TextTable table{"<T>", {"a&b"}, {{"<script>\"'"}}};
  CHECK(table.to_html() ==
        "<table>\n<caption>&lt;T&gt;</caption>\n<thead>\n<tr><th>a&amp;b</th></tr>\n</thead>\n"
        "<tbody>\n<tr><td>&lt;script&gt;&quot;&#39;</td></tr>\n</tbody>\n</table>\n");
}

TEST_CASE("TextTable: JSON holds title, columns and rows; an empty table is no error") {
  const TextTable table{"T", {"a"}, {{"1"}}};
  CHECK(json_text(table.to_json()) == R"({"title":"T","columns":["a"],"rows":[["1"]]})");
  CHECK_NOTHROW(TextTable().to_terminal());
  CHECK(TextTable{"", {"a"}, {}}.to_terminal() == "a\n─\n");
}

TEST_CASE("number_text: four significant digits, whole numbers written out") {
  CHECK(number_text(0.0123) == "0.0123");
  CHECK(number_text(0.000000123456) == "1.235e-07");
  CHECK(number_text(95.3) == "95.3");
  CHECK(number_text(16384) == "16384");
  CHECK(number_text(123456.7) == "123457");
  CHECK(number_text(3e9) == "3e+09");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(2.0 / 3.0, 2) == "0.67");
  CHECK(number_text(std::nan("")) == "nan");
  CHECK(number_text(-std::numeric_limits<double>::infinity()) == "-inf");
}
