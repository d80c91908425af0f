#include "offprint/web/math_view.h"

#include <doctest/doctest.h>

#include "offprint/core/rng.h"
#include "offprint/web/markdown.h"

using namespace offprint;
using namespace offprint::web;

namespace {

std::string math(std::string_view tex) {
  const std::string markup = math_view(tex).markup();
  const size_t first = markup.find('>') + 1;
  return markup.empty() ? "" : markup.substr(first, markup.rfind("</math>") - first);
}
std::string shown(std::string_view text) { return text_with_math(text).markup(); }

// Every element that is opened is closed, inside what it was opened in.
bool balanced(const std::string& markup) {
  std::vector<std::string> open;
  for (size_t at = 0; (at = markup.find('<', at)) != markup.npos; ++at) {
    const bool closes = markup[at + 1] == '/';
    const size_t first = at + (closes ? 2 : 1), end = markup.find_first_of(" >", first);
    const std::string name = markup.substr(first, end - first);
    if (!closes) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

}  // namespace

TEST_CASE("math: letters, numbers, scripts, fractions, roots") {
  CHECK(math("x") == "<mi>x</mi>");
  CHECK(math("3.14") == "<mn>3.14</mn>");
  CHECK(math("-x") == "<mrow><mo>−</mo><mi>x</mi></mrow>");
  CHECK(math("x^2") == "<msup><mi>x</mi><mrow><mn>2</mn></mrow></msup>");
  CHECK(math("a_i^{n+1}") ==
        "<msubsup><mi>a</mi><mrow><mi>i</mi></mrow><mrow><mrow><mi>n</mi><mo>+</mo><mn>1</mn>"
        "</mrow></mrow></msubsup>");
  CHECK(math("a^n_i") == math("a_i^n"));
  CHECK(math("\\frac12") == "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>");
  CHECK(math("\\frac{a}{b}") == "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>");
  CHECK(math("\\sqrt n") == "<msqrt><mi>n</mi></msqrt>");
  CHECK(math("\\sqrt[3]{n}") == "<mroot><mrow><mi>n</mi></mrow><mrow><mn>3</mn></mrow></mroot>");
}

TEST_CASE("math: symbols, functions, alphabets, accents, text") {
  CHECK(math("\\alpha\\leq\\infty") == "<mrow><mi>α</mi><mo>≤</mo><mi>∞</mi></mrow>");
  CHECK(math("O(L\\log L)") ==
        "<mrow><mi>O</mi><mo stretchy=\"false\">(</mo><mi>L</mi><mo lspace=\"0.17em\" "
        "rspace=\"0.1em\">log</mo><mi>L</mi><mo stretchy=\"false\">)</mo></mrow>");
  CHECK(math("\\left(x\\right)") == "<mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow>");
  CHECK(math("\\mathbb{R}^N") == "<msup><mi>ℝ</mi><mrow><mi>N</mi></mrow></msup>");
  CHECK(math("\\mathcal L") == "<mi>ℒ</mi>");
  CHECK(math("\\mathbf{A}") == "<mi>𝐀</mi>");
  CHECK(math("\\boldsymbol{\\theta}") == "<mrow><mi>θ</mi></mrow>");
  CHECK(math("\\hat{y}") == "<mover accent=\"true\"><mrow><mi>y</mi></mrow><mo>^</mo></mover>");
  CHECK(math("\\text{if } x") == "<mrow><mtext>if </mtext><mi>x</mi></mrow>");
  CHECK(math("10^{th}").find("<mn>10</mn>") != std::string::npos);
}

TEST_CASE("math in text: dollars of money and formulas we cannot read stay as typed") {
  CHECK(shown("in $O(L)$ time").starts_with("in <math alttext=\"O(L)\">"));
  CHECK(shown("in $O(L)$ time").ends_with("</math> time"));
  CHECK(shown("$$x$$") == shown("$x$"));
  CHECK(shown("the 10$^{th}$").find("<msup><mrow></mrow>") != std::string::npos);
  for (const char* same : {"from $5 to $10", "$ x $", "a $", "$\\unknown{x}$", "$\\begin{a}$", "$x",
                           "\\$x$", "$$", "$x}$", "$\\frac{1}$", "$x & y$"})
    CHECK_MESSAGE(shown(same) == Html(same).markup(), same);
  CHECK(shown("a < b and $x < y$").find("<mo>&lt;</mo>") != std::string::npos);
  CHECK(shown("$<script>$").find("<script") == std::string::npos);
}

TEST_CASE("math: whatever is typed, the markup is balanced and no group is too deep") {
  constexpr std::string_view kPieces[] = {"$", "{",  "}",      "^",      "_",     "\\frac", "x",
                                          "1", "[",  "]",      "\\sqrt", "\\hat", "\\left", "(",
                                          ")", "\\", "\\text", "'",      "<",     "é",      " "};
  Rng rng(3);
  for (int i = 0; i < 20000; ++i) {
    std::string text = "$";
    for (int64_t n = rng.integer(12); n >= 0; --n)
      text += kPieces[rng.integer(static_cast<int64_t>(std::size(kPieces)))];
    text += "$";
    CHECK_MESSAGE(balanced(shown(text)), text);
  }
  const std::string deep(500, '{');
  CHECK(math(deep + "x" + std::string(500, '}')) == "");
  CHECK(math(std::string(3000, 'x')) == "");
}

TEST_CASE("math in comments: beside Markdown, and no way around its escapes") {
  CHECK(markdown_view("**so** $x_1 < 2$").markup() ==
        "<p><strong>so</strong> " + shown("$x_1 < 2$") + "</p>\n");
  CHECK(markdown_view("`$x$`").markup() == "<p><code>$x$</code></p>\n");
  const std::string bad = markdown_view("$\\text{<img src=x onerror=alert(1)>}$ $<b>$").markup();
  CHECK(bad.find("<img") == std::string::npos);
  CHECK(bad.find("<b>") == std::string::npos);
}
