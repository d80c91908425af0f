// arXiv's metadata snapshot and the hub's daily papers.
#include <algorithm>

#include "offprint/core/json.h"
#include "offprint/feed/paper_record.h"
#include "offprint/feed/record_text.h"
#include "offprint/feed/records.h"

namespace offprint::feed {
namespace {

constexpr int kMostDepth = 100;

Json parse_record(std::string_view text) {
  // Counted beforehand: a callback while parsing would cost as much as the parsing.
  int depth = 0, deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  require(deepest <= kMostDepth, "more than {} levels of brackets", kMostDepth);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    fail("column {}: no JSON", error.byte);
  } catch (const Json::exception&) {  // a number beyond double
    fail("no JSON");
  }
}

// A text member; "" where it is missing or null. Throws Error where it is something else.
std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  require(found->is_string(), "'{}' is {}, expected a string", key, json_kind(*found));
  return found->get<std::string>();
}

int64_t count_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return 0;
  return std::clamp<int64_t>(found->get<int64_t>(), 0, 1000000000);
}

const Json* list_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? &*found : nullptr;
}

// [["Gu", "Albert", ""], ...]
void add_parsed_authors(store::Paper& p, const Json& authors) {
  for (const Json& author : authors) {
    require(author.is_array() && !author.empty() &&
                std::ranges::all_of(author, [](const Json& part) { return part.is_string(); }),
            "'authors_parsed' holds {}, expected lists of names", json_kind(author));
    const auto part = [&](size_t i) {
      return i < author.size() ? author[i].get<std::string>() : std::string();
    };
    p.authors.push_back(part(1) + " " + part(0) + (part(2).empty() ? "" : ", " + part(2)));
  }
}

void add_versions(store::Paper& p, const Json& versions) {
  for (const Json& version : versions) {
    const auto time = parse_mail_date(version.is_object() ? text_of(version, "created") : "");
    require(time.has_value(),
            "'versions' holds no date of creation, expected \"Mon, 2 Apr 2007 "
            "19:18:42 GMT\"");
    if (p.published_at == 0) p.published_at = *time;
    p.updated_at = *time;
    ++p.version;
  }
}

store::Paper snapshot_record(const Json& record) {
  require(record.is_object(), "{}, expected an object", json_kind(record));
  store::Paper p;
  set_arxiv(p, text_of(record, "id"));
  p.title = text_of(record, "title"), p.abstract = text_of(record, "abstract");
  if (const Json* authors = list_of(record, "authors_parsed")) add_parsed_authors(p, *authors);
  if (const Json* versions = list_of(record, "versions")) add_versions(p, *versions);
  if (p.updated_at == 0)
    if (const auto time = parse_iso_date(text_of(record, "update_date"))) p.updated_at = *time;
  add_categories(p, text_of(record, "categories"));
  p.withdrawn = says_withdrawn(text_of(record, "comments"), p.abstract);
  complete(p);
  return p;
}

std::string name_of(const Json& object, const char* key, const char* member) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  return found->is_object() ? text_of(*found, member) : "";
}

// A daily paper has the paper inside and its listing outside; a single paper is flat.
store::Paper hub_record(const Json& record) {
  require(record.is_object(), "{}, expected an object", json_kind(record));
  const auto inside = record.find("paper");
  const Json& paper = inside != record.end() && inside->is_object() ? *inside : record;
  store::Paper p;
  set_arxiv(p, text_of(paper, "id"));
  p.title = text_of(paper, "title"), p.abstract = text_of(paper, "summary");
  if (const Json* authors = list_of(paper, "authors"))
    for (const Json& author : *authors)
      if (author.is_object()) p.authors.push_back(text_of(author, "name"));
  if (const auto time = parse_iso_date(text_of(paper, "publishedAt"))) p.published_at = *time;
  const std::string listed =
      &paper == &record ? text_of(record, "submittedOnDailyAt") : text_of(record, "publishedAt");
  if (const auto time = parse_iso_date(listed)) p.listed_at = *time;
  p.votes_elsewhere = count_of(paper, "upvotes");
  p.comments_elsewhere = count_of(record, "numComments");
  p.submitter = name_of(record, &paper == &record ? "submittedOnDailyBy" : "submittedBy", "user");
  p.organisation = name_of(record, "organization", "fullname");
  add_link(p, "project", text_of(record, "projectPage"));
  add_link(p, "code", text_of(record, "githubRepo"));
  complete(p);
  return p;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The end of the JSON value that `text` begins with: brackets counted, strings passed over.
size_t end_of_value(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i;  // the list around it ends
      if (--depth == 0) return i + 1;
    } else if (depth == 0 && (c == ',' || is_space(c))) {
      return i;
    }
  }
  return text.size();
}

bool use_record(std::string_view text, int64_t line, store::Paper (*convert)(const Json&),
                const RecordSink& sink) {
  store::Paper paper;
  try {
    paper = convert(parse_record(text));
  } catch (const Error& error) {
    sink.refuse(line, error.what());
    return true;
  }
  return sink.paper(std::move(paper), line);
}

}  // namespace

void read_arxiv_snapshot(std::string_view text, const RecordSink& sink) {
  std::string_view rest = text;
  for (int64_t line = 1; !rest.empty(); ++line) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view record = rest.substr(0, end);
    sink.at(text.size() - rest.size());
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (std::ranges::all_of(record, is_space)) continue;
    if (!use_record(record, line, snapshot_record, sink)) return;
  }
}

void read_hub_papers(std::string_view text, const RecordSink& sink) {
  int64_t line = 1;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_space(c) || c == ',' || c == '[' || c == ']') {
      line += c == '\n' ? 1 : 0;
      ++at;
      continue;
    }
    sink.at(at);
    const size_t size = std::max<size_t>(end_of_value(text.substr(at)), 1);
    const std::string_view record = text.substr(at, size);
    if (!use_record(record, line, hub_record, sink)) return;
    line += std::ranges::count(record, '\n');
    at += size;
  }
}

}  // namespace offprint::feed
