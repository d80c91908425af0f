#include "offprint/web/markdown.h"

#include <doctest/doctest.h>

using offprint::web::markdown_view;

namespace {
std::string html(std::string_view text) { return markdown_view(text).markup(); }
bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }
}  // namespace

TEST_CASE("markdown: CommonMark, links that search engines do not follow") {
  CHECK(html("**bold** and `code`") == "<p><strong>bold</strong> and <code>code</code></p>\n");
  CHECK(html("[x](https://a.example)") ==
        "<p><a rel=\"nofollow noopener\" href=\"https://a.example\">x</a></p>\n");
}

TEST_CASE("markdown: nothing a stranger writes runs or loads") {
  CHECK(!holds(html("<script>alert(1)</script>"), "<script"));
  CHECK(!holds(html("a <img src=x onerror=alert(1)> b"), "<img"));
  CHECK(!holds(html("[x](javascript:alert(1))"), "javascript:"));
  CHECK(!holds(html("[x](JaVaScRiPt:alert(1))"), "avaScRiPt:alert"));
  CHECK(!holds(html("[x](data:text/html;base64,PHNjcmlwdD4=)"), "data:text"));
  CHECK(!holds(html("<a href=\"x\" onclick=\"alert(1)\">x</a>"), "onclick"));
  // An image is a link: to open a page asks nobody outside.
  CHECK(html("![a *b*](http://t.example/p.png)") ==
        "<p><a rel=\"nofollow noopener\" href=\"http://t.example/p.png\">a <em>b</em></a></p>\n");
  CHECK(holds(html("```\n<a href=x>\n```"), "&lt;a href=x&gt;"));
  CHECK(holds(html(std::string("a\0b \xff", 6)), "\xef\xbf\xbd"));
}
