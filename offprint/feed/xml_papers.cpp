// arXiv's Atom answers and OAI-PMH.
#include "offprint/core/error.h"
#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/paper_record.h"
#include "offprint/feed/record_text.h"
#include "offprint/feed/records.h"
#include "offprint/feed/xml_records.h"

namespace offprint::feed {
namespace {

void set_times(store::Paper& p, std::string_view published, std::string_view updated) {
  if (const auto time = parse_iso_date(published)) p.published_at = *time;
  if (const auto time = parse_iso_date(updated)) p.updated_at = *time;
}

store::Paper atom_entry(const XmlElement& entry) {
  store::Paper p;
  const std::string_view id = entry.text_of("id");
  // arXiv answers its errors as entries.
  require(id.find("/api/errors") == id.npos, "arXiv answers: {}",
          one_line(entry.text_of("summary")));
  set_arxiv(p, id);
  p.title = entry.text_of("title"), p.abstract = entry.text_of("summary");
  set_times(p, entry.text_of("published"), entry.text_of("updated"));
  if (const XmlElement* primary = entry.child("primary_category"))
    add_categories(p, primary->attribute("term"));
  for (const XmlElement& child : entry.children) {
    if (child.name == "author") p.authors.emplace_back(child.text_of("name"));
    if (child.name == "category") add_categories(p, child.attribute("term"));
  }
  p.withdrawn = says_withdrawn(entry.text_of("comment"), p.abstract);
  complete(p);
  return p;
}

void read_arxiv_metadata(store::Paper& p, const XmlElement& metadata) {
  p.title = metadata.text_of("title"), p.abstract = metadata.text_of("abstract");
  set_times(p, metadata.text_of("created"), metadata.text_of("updated"));
  add_categories(p, metadata.text_of("categories"));
  p.withdrawn = says_withdrawn(metadata.text_of("comments"), p.abstract);
  const XmlElement* authors = metadata.child("authors");
  if (authors == nullptr) return;
  for (const XmlElement& author : authors->children) {
    const std::string_view suffix = author.text_of("suffix");
    p.authors.push_back(
        one_line(fmt::format("{} {}{}{}", author.text_of("forenames"), author.text_of("keyname"),
                             suffix.empty() ? "" : ", ", suffix)));
  }
}

// Dates are those of the versions, oldest first; descriptions the abstract, then comments.
void read_dublin_core(store::Paper& p, const XmlElement& metadata) {
  for (const XmlElement& field : metadata.children) {
    const std::string_view text = field.text;
    if (field.name == "title" && p.title.empty()) p.title = text;
    if (field.name == "creator") p.authors.push_back(natural_name(text));
    if (field.name == "description") {
      if (one_line(text).starts_with("Comment:"))
        p.withdrawn = p.withdrawn || says_withdrawn(text, "");
      else if (p.abstract.empty())
        p.abstract = text;
    }
    if (field.name == "date") {
      const auto time = parse_iso_date(text);
      if (time && p.published_at == 0) p.published_at = *time;
      if (time) p.updated_at = *time;
    }
    if (field.name == "identifier" && p.id.empty())
      if (const auto id = parse_arxiv_id(text)) p.id = id->id;
  }
  p.withdrawn = p.withdrawn || says_withdrawn("", p.abstract);
}

store::Paper oai_record(const XmlElement& record) {
  const XmlElement* header = record.child("header");
  require(header != nullptr, "no header");
  store::Paper p;
  if (const auto id = parse_arxiv_id(header->text_of("identifier"))) p.id = id->id;
  if (header->attribute("status") == "deleted") {
    p.withdrawn = true;
    set_times(p, "", header->text_of("datestamp"));
    complete(p);
    return p;
  }
  const XmlElement* metadata = record.child("metadata");
  require(metadata != nullptr && !metadata->children.empty(), "no metadata");
  const XmlElement& content = metadata->children.front();
  require(content.name == "arXiv" || content.name == "dc",
          "metadata '{}', expected arXiv or oai_dc", content.name.substr(0, 40));
  if (content.name == "arXiv") {
    if (p.id.empty()) set_arxiv(p, content.text_of("id"));
    read_arxiv_metadata(p, content);
  } else {
    read_dublin_core(p, content);
  }
  complete(p);
  return p;
}

void read_papers(std::string_view text, std::string_view name,
                 store::Paper (*convert)(const XmlElement&), const RecordSink& sink) {
  read_xml_records(text, name, [&](const XmlElement& element, int64_t line, size_t byte) {
    sink.at(byte);
    store::Paper paper;
    try {
      paper = convert(element);
    } catch (const Error& error) {
      sink.refuse(line, error.what());
      return true;
    }
    return sink.paper(std::move(paper), line);
  });
}

}  // namespace

void read_arxiv_atom(std::string_view text, const RecordSink& sink) {
  read_papers(text, "entry", atom_entry, sink);
}

void read_oai_pmh(std::string_view text, const RecordSink& sink) {
  read_papers(text, "record", oai_record, sink);
}

}  // namespace offprint::feed
