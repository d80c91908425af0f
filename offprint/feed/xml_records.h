// Elements of a long XML document, one at a time: memory grows with one record, not the file.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offprint::feed {

// Names come without their namespace.
struct XmlElement {
  std::string name, text;  // text directly inside
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view wanted) const;  // the first, or null
  std::string_view text_of(std::string_view wanted) const;
  std::string_view attribute(std::string_view wanted) const;
};

// Calls `use` on each element of this name with the line and byte it begins at; false ends the
// reading. Throws Error "line L, column C: mismatched tag" where the document is not well formed
// (records before that were used), declares entities, or nests deeper than 100 elements.
void read_xml_records(std::string_view document, std::string_view name,
                      const std::function<bool(const XmlElement&, int64_t line, size_t byte)>& use);

// The name of the document's outermost element, "" where there is none.
std::string xml_root(std::string_view document);

}  // namespace offprint::feed
