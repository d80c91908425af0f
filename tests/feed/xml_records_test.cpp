#include "offprint/feed/xml_records.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::feed;

namespace {

struct Seen {
  std::vector<XmlElement> elements;
  std::vector<int64_t> lines;
};

Seen read(std::string_view document, const char* name) {
  Seen seen;
  read_xml_records(document, name, [&](const XmlElement& element, int64_t line, size_t byte) {
    CHECK(document[byte] == '<');
    seen.elements.push_back(element);
    seen.lines.push_back(line);
    return true;
  });
  return seen;
}

std::string message_of(std::string_view document) {
  try {
    read(document, "r");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("XML: records come with children, attributes and text, without namespaces") {
  const Seen seen = read(
      "<?xml version='1.0'?>\n<x:all xmlns:x='u:1' xmlns='u:2'>\n"
      "<r a='1' x:b='&lt;2'><c>one</c><c>two</c>t&amp;<![CDATA[<x>]]><x:d/></r>\n<o/><r/></x:all>",
      "r");
  REQUIRE(seen.elements.size() == 2);
  const XmlElement& r = seen.elements[0];
  CHECK(r.attribute("a") == "1");
  CHECK(r.attribute("b") == "<2");
  CHECK(r.attribute("none") == "");
  CHECK(r.text == "t&<x>");
  CHECK(r.text_of("c") == "one");
  CHECK(r.children.size() == 3);
  CHECK(r.child("d") != nullptr);
  CHECK(seen.lines == std::vector<int64_t>{3, 4});
  CHECK(xml_root("<?xml version='1.0'?><!-- c --><x:all xmlns:x='u'><r>") == "all");
  CHECK(xml_root("no xml") == "");
}

TEST_CASE("XML: a record that holds one of its own name is one record") {
  const Seen seen = read("<a><r><r>x</r></r></a>", "r");
  REQUIRE(seen.elements.size() == 1);
  CHECK(seen.elements[0].text_of("r") == "x");
}

TEST_CASE("XML: what is broken, bottomless or a bomb is refused, records before it are used") {
  Seen seen;
  CHECK_THROWS_WITH_AS(read_xml_records("<a>\n<r/></b>", "r",
                                        [&](const XmlElement& e, int64_t, size_t) {
                                          seen.elements.push_back(e);
                                          return true;
                                        }),
                       "line 2, column 7: mismatched tag", Error);
  CHECK(seen.elements.size() == 1);
  CHECK(message_of("<a><r>") == "line 1, column 7: no element found");
  CHECK(message_of("") != "");
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<r>";
  CHECK(message_of(deep).find("more than 100 elements") != std::string::npos);
  CHECK(message_of("<!DOCTYPE a [<!ENTITY e 'eeeeeee'>]><a><r>&e;</r></a>").find("entities") !=
        std::string::npos);
  CHECK(message_of("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a><r>&e;</r></a>") !=
        "");
  CHECK(message_of("<a>\xff\xfe</a>") != "");
}

TEST_CASE("XML: false ends the reading, an Error of the user's passes through") {
  int seen = 0;
  read_xml_records("<a><r/><r/></broken>", "r",
                   [&](const auto&, int64_t, size_t) { return ++seen < 1; });
  CHECK(seen == 1);
  CHECK_THROWS_WITH_AS(
      read_xml_records("<a><r/></a>", "r",
                       [&](const auto&, int64_t, size_t) -> bool { fail("mine"); }),
      "mine", Error);
}
