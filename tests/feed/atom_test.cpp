#include "offprint/feed/atom.h"

#include <doctest/doctest.h>

#include "offprint/feed/xml_records.h"

using namespace offprint;
using namespace offprint::feed;

TEST_CASE("Atom: every entry has what RFC 4287 asks for, texts are escaped") {
  store::Paper p;
  p.id = "hep-th/9901001", p.title = "A < B & \"C\" \x01 ]]>", p.authors = {"Ada & Co", "B"};
  p.listed_at = 1700000000, p.updated_at = 1700000100, p.summary = "<script>alert(1)</script>";
  p.categories = {"cs.LG"}, p.topic = "x'y";
  store::Paper second;
  second.id = "2", second.slug = "two", second.title = "Two", second.organisation = "Org";
  const std::vector<store::Paper> papers = {p, second};
  const std::string xml = atom_xml({"Title & more", "http://x:8400", "/atom.xml"}, papers);
  CHECK(xml_root(xml) == "feed");
  std::vector<XmlElement> entries;
  read_xml_records(xml, "feed", [&](const XmlElement& feed, int64_t, size_t) {
    CHECK(feed.text_of("title") == "Title & more");
    CHECK(feed.text_of("id") == "http://x:8400/atom.xml");
    CHECK(feed.text_of("updated") == "2023-11-14T22:15:00Z");
    for (const XmlElement& child : feed.children)
      if (child.name == "entry") entries.push_back(child);
    return true;
  });
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].text_of("id") == "tag:offprint,2025:paper/hep-th/9901001");
  CHECK(entries[0].text_of("title") == "A < B & \"C\" \xef\xbf\xbd ]]>");
  CHECK(entries[0].text_of("summary") == p.summary);
  CHECK(entries[0].text_of("published") == "2023-11-14T22:13:20Z");
  CHECK(entries[0].child("link")->attribute("href") == "http://x:8400/papers/hep-th/9901001");
  CHECK(entries[0].child("author")->text_of("name") == "Ada & Co");
  CHECK(entries[1].child("author")->text_of("name") == "Org");
  CHECK(entries[1].child("link")->attribute("href") == "http://x:8400/papers/two");
  CHECK(entries[1].text_of("updated") == "1970-01-01T00:00:00Z");
  CHECK(atom_xml({"T", "http://x", "/a", 60}, {}).find("1970-01-01T00:01:00Z") !=
        std::string::npos);
}

TEST_CASE("Atom: an id cannot leave its path") {
  store::Paper p;
  p.id = "doi:10.1/a?b#c d\"<>";
  CHECK(paper_path(p) == "/papers/doi:10.1/a%3Fb%23c%20d%22%3C%3E");
}
