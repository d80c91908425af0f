#include "offprint/feed/xml_records.h"

#include <expat.h>

#include <algorithm>
#include <memory>

#include "offprint/core/error.h"

namespace offprint::feed {
namespace {

constexpr size_t kMostDepth = 100;
constexpr size_t kChunk = 1 << 20;
constexpr char kSeparator = '\x1f';  // between a namespace and a name

struct Free {
  void operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }
};

std::string local_name(const char* name) {
  const std::string_view whole = name;
  const size_t at = whole.rfind(kSeparator);
  return std::string(at == whole.npos ? whole : whole.substr(at + 1));
}

// What the parser's callbacks work on. They are called from C: nothing may be thrown through it.
struct Reading {
  XML_Parser parser;
  std::string_view wanted;
  const std::function<bool(const XmlElement&, int64_t, size_t)>* use;
  std::vector<XmlElement> open = {};  // from the record down; empty outside records
  size_t depth = 0;
  int64_t line = 0;
  size_t byte = 0;
  std::string root = {}, refusal = {};
  std::exception_ptr thrown = {};

  void stop() { XML_StopParser(parser, XML_FALSE); }

  void begin(const char* raw, const char** attributes) {
    std::string name = local_name(raw);
    if (++depth == 1) root = name;
    if (depth > kMostDepth) {
      refusal = fmt::format("more than {} elements inside each other", kMostDepth);
      return stop();
    }
    if (open.empty() && name != wanted) return;
    if (open.empty()) {
      line = static_cast<int64_t>(XML_GetCurrentLineNumber(parser));
      byte = static_cast<size_t>(XML_GetCurrentByteIndex(parser));
    }
    XmlElement element{std::move(name), "", {}, {}};
    for (; *attributes != nullptr; attributes += 2)
      element.attributes.emplace_back(local_name(attributes[0]), attributes[1]);
    open.push_back(std::move(element));
  }

  void end() {
    --depth;
    if (open.empty()) return;
    XmlElement done = std::move(open.back());
    open.pop_back();
    if (!open.empty()) {
      open.back().children.push_back(std::move(done));
      return;
    }
    try {
      if (!(*use)(done, line, byte)) stop();
    } catch (...) {
      thrown = std::current_exception();
      stop();
    }
  }
};

void on_begin(void* data, const char* name, const char** attributes) {
  static_cast<Reading*>(data)->begin(name, attributes);
}
void on_end(void* data, const char*) { static_cast<Reading*>(data)->end(); }
void on_text(void* data, const char* text, int size) {
  auto& open = static_cast<Reading*>(data)->open;
  if (!open.empty()) open.back().text.append(text, static_cast<size_t>(size));
}
// Entities of a document's own are how small files become huge ones; no format here needs them.
void on_entity(void* data, const char*, int, const char*, int, const char*, const char*,
               const char*, const char*) {
  auto* reading = static_cast<Reading*>(data);
  reading->refusal = "entities are declared, expected none";
  reading->stop();
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string_view() : found->text;
}

std::string_view XmlElement::attribute(std::string_view wanted) const {
  const auto found =
      std::ranges::find(attributes, wanted, &std::pair<std::string, std::string>::first);
  return found == attributes.end() ? std::string_view() : found->second;
}

namespace {

std::string read(std::string_view document, std::string_view name,
                 const std::function<bool(const XmlElement&, int64_t, size_t)>& use,
                 bool root_only) {
  const std::unique_ptr<XML_ParserStruct, Free> parser(XML_ParserCreateNS(nullptr, kSeparator));
  require(parser != nullptr, "XML: no memory for a parser");
  Reading reading{.parser = parser.get(), .wanted = name, .use = &use};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetEntityDeclHandler(parser.get(), on_entity);
  for (bool last = false; !last;) {
    const std::string_view chunk = document.substr(0, kChunk);
    document.remove_prefix(chunk.size());
    last = document.empty();
    const XML_Status status =
        XML_Parse(parser.get(), chunk.data(), static_cast<int>(chunk.size()), last ? 1 : 0);
    if (root_only && !reading.root.empty()) break;
    if (status != XML_STATUS_ERROR) continue;
    if (reading.thrown) std::rethrow_exception(reading.thrown);
    const XML_Error code = XML_GetErrorCode(parser.get());
    if (code == XML_ERROR_ABORTED && reading.refusal.empty()) break;  // enough
    fail("line {}, column {}: {}", XML_GetCurrentLineNumber(parser.get()),
         XML_GetCurrentColumnNumber(parser.get()) + 1,
         reading.refusal.empty() ? XML_ErrorString(code) : reading.refusal);
  }
  return reading.root;
}

}  // namespace

void read_xml_records(
    std::string_view document, std::string_view name,
    const std::function<bool(const XmlElement&, int64_t line, size_t byte)>& use) {
  read(document, name, use, false);
}

std::string xml_root(std::string_view document) {
  try {
    return read(
        document.substr(0, kChunk), "", [](const auto&, int64_t, size_t) { return false; }, true);
  } catch (const Error&) {
    return "";
  }
}

}  // namespace offprint::feed
