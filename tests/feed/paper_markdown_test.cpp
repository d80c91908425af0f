#include "offprint/feed/paper_markdown.h"

#include <doctest/doctest.h>

using namespace offprint;
using namespace offprint::feed;

TEST_CASE("Markdown: a paper as a page") {
  store::Paper p;
  p.id = "2312.00752", p.title = "Mamba", p.authors = {"Albert Gu"}, p.author_count = 2;
  p.published_at = p.listed_at = 1701388800, p.summary = "Ours.", p.abstract = "Theirs.";
  p.links = {{"pdf", "https://arxiv.org/pdf/2312.00752"}};
  CHECK(paper_markdown(p, "## Claims\n") ==
        "# Mamba\n\nAlbert Gu and 1 more\n\n- id: 2312.00752\n- published: 2023-12-01\n"
        "- listed: 2023-12-01\n- pdf: <https://arxiv.org/pdf/2312.00752>\n\nOurs.\n\n"
        "## Abstract\n\nTheirs.\n\n## Claims\n");
  p.withdrawn = true, p.authors.clear(), p.organisation = "Org";
  const std::string text = paper_markdown(p);
  CHECK(text.find("**Withdrawn by its authors.**") != text.npos);
  CHECK(text.find("2 authors (Org)") != text.npos);
}

TEST_CASE("Markdown: a title is text, whatever signs it has; mathematics stays") {
  CHECK(markdown_text("*a* [x](y) <b> `c` _d_") == "\\*a\\* \\[x\\](y) \\<b\\> \\`c\\` \\_d\\_");
  CHECK(markdown_text("# a") == "\\# a");
  CHECK(markdown_text("1. a") == "1\\. a");
  CHECK(markdown_text("a\n# b &lt;") == "a # b &amp;lt;");
  CHECK(markdown_text("$x_{1}*y$ and z_1") == "$x_{1}*y$ and z\\_1");
  CHECK(markdown_text("$<script>$") == "$\\<script\\>$");
}
