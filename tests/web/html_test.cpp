#include "offprint/web/html.h"

#include <doctest/doctest.h>

using namespace offprint::web;

TEST_CASE("html: text and attributes are escaped, markup is only what we made") {
  CHECK(Html("<script>alert('x')</script>").markup() ==
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  CHECK(element("p", {{"title", "\"><b>"}}, {"a < b", plain("b", "c & d")}).markup() ==
        "<p title=\"&quot;&gt;&lt;b&gt;\">a &lt; b<b>c &amp; d</b></p>");
  CHECK(plain("br").markup() == "<br>");
  CHECK(plain("span").markup() == "<span></span>");
  CHECK(Html::trusted("<svg></svg>").markup() == "<svg></svg>");
}

TEST_CASE("html: addresses that could run a script lead nowhere") {
  for (const char* bad : {"javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)",
                          " javascript:alert(1)", "data:text/html,x", "vbscript:x",
                          "//evil.example", "file:///etc/passwd"})
    CHECK_MESSAGE(safe_address(bad) == "#", bad);
  for (const char* good :
       {"/papers/s4d", "papers?q=a:b", "https://example.org/a", "mailto:a@b.c", "#x"})
    CHECK_MESSAGE(safe_address(good) == good, good);
  CHECK(element("a", {{"href", "javascript:x"}}, "y").markup() == "<a href=\"#\">y</a>");
}
