// BibTeX: entries, strings, comments; braces nest, quotes and # join.
#include "offprint/feed/bibtex.h"

#include <algorithm>
#include <map>

#include "offprint/core/error.h"
#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/calendar.h"
#include "offprint/feed/paper_record.h"
#include "offprint/feed/record_text.h"
#include "offprint/feed/records.h"

namespace offprint::feed {
namespace {

constexpr size_t kMostField = 200000;

using Fields = std::map<std::string, std::string>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What a name of a field, a key or a macro is made of.
bool in_name(char c) {
  return !is_space(c) && std::string_view("{}(),=#\"%@").find(c) == std::string_view::npos;
}

struct Entry {
  std::string kind, key;
  Fields fields;
};

class BibtexReader {
 public:
  explicit BibtexReader(std::string_view text) : text_(text) {
    for (const char* month :
         {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"})
      macros_[month] = month;
  }

  // Goes to the next entry; false where there is none.
  bool find_entry() {
    while (at_ < text_.size() && text_[at_] != '@') step();
    entry_line_ = line_;
    return at_ < text_.size();
  }
  size_t at() const { return at_; }
  int64_t entry_line() const { return entry_line_; }

  // The entry at hand; kind "" for strings, comments and preambles. Throws Error in its middle.
  Entry read_entry() {
    step();
    Entry entry{lower(name()), "", {}};
    skip_space();
    if (entry.kind == "comment") {  // may stand alone
      if (peek() == '{') braced();
      return {};
    }
    const char open = peek();
    require(open == '{' || open == '(', "'{{' missing after @{}", entry.kind.substr(0, 40));
    const char close = open == '{' ? '}' : ')';
    step();
    if (entry.kind == "preamble") {
      value();
      expect(close);
      return {};
    }
    if (entry.kind != "string") {
      skip_space();
      entry.key = name();
      skip_space();
      if (peek() == ',') step();
    }
    read_fields(entry.fields, close);
    if (entry.kind != "string") return entry;
    for (const auto& [macro, text] : entry.fields) macros_[macro] = text;
    return {};
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void step() {
    if (at_ >= text_.size()) return;
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }
  void skip_space() {
    while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '%')) {
      if (text_[at_] == '%')
        while (at_ < text_.size() && text_[at_] != '\n') step();
      else
        step();
    }
  }
  void expect(char c) {
    skip_space();
    require(peek() == c, "line {}: '{}' missing", line_, c);
    step();
  }
  std::string name() {
    const size_t begin = at_;
    while (at_ < text_.size() && in_name(text_[at_])) step();
    return std::string(text_.substr(begin, at_ - begin));
  }

  void read_fields(Fields& fields, char close) {
    for (;;) {
      skip_space();
      if (peek() == ',') {
        step();
        continue;
      }
      if (peek() == close) {
        step();
        return;
      }
      const std::string field = lower(name());
      require(!field.empty(), "line {}: {} where a field was expected", line_,
              at_ < text_.size() ? fmt::format("'{}'", peek() < ' ' ? '?' : peek()) : "the end");
      expect('=');
      fields[field] = value();
    }
  }

  std::string value() {
    std::string out;
    for (;;) {
      skip_space();
      if (peek() == '{') {
        out += braced();
      } else if (peek() == '"') {
        out += until_quote();
      } else {
        const std::string word = name();
        require(!word.empty(), "line {}: a value is missing", line_);
        const auto macro = macros_.find(lower(word));
        out += macro == macros_.end() ? word : macro->second;
      }
      require(out.size() <= kMostField, "line {}: a field of more than {} bytes", line_,
              kMostField);
      skip_space();
      if (peek() != '#') return out;
      step();
    }
  }

  std::string braced() {
    step();
    const size_t begin = at_;
    for (int depth = 1; at_ < text_.size(); step()) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        step();
        continue;
      }
      if (text_[at_] == '{') ++depth;
      if (text_[at_] == '}' && --depth == 0) {
        const std::string out(text_.substr(begin, at_ - begin));
        step();
        return out;
      }
      require(at_ - begin <= kMostField, "a field of more than {} bytes: '}}' missing?",
              kMostField);
    }
    fail("'}}' missing at the end");
  }

  std::string until_quote() {
    step();
    const size_t begin = at_;
    for (int depth = 0; at_ < text_.size(); step()) {
      if (text_[at_] == '{') ++depth;
      if (text_[at_] == '}') --depth;
      if (text_[at_] == '"' && depth <= 0) {
        const std::string out(text_.substr(begin, at_ - begin));
        step();
        return out;
      }
      require(at_ - begin <= kMostField, "a field of more than {} bytes: '\"' missing?",
              kMostField);
    }
    fail("'\"' missing at the end");
  }

  std::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1, entry_line_ = 1;
  Fields macros_;
};

std::string field(const Entry& entry, const char* name) {
  const auto found = entry.fields.find(name);
  return found == entry.fields.end() ? "" : found->second;
}

// "A and B and others", split outside braces.
void add_authors(store::Paper& p, const std::string& names) {
  int depth = 0;
  size_t begin = 0;
  const std::string text = one_line(names) + " and ";
  for (size_t i = 0; i + 5 <= text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}') --depth;
    if (depth > 0 || text.compare(i, 5, " and ") != 0) continue;
    const std::string name = text.substr(begin, i - begin);
    begin = i + 5;
    if (name == "others" || name.empty()) continue;
    // A name in braces is an organisation's: its commas and words stay.
    p.authors.push_back(name.front() == '{' && name.back() == '}' ? from_tex(name)
                                                                  : natural_name(from_tex(name)));
  }
}

int64_t date_of(const Entry& entry) {
  static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (const auto time = parse_iso_date(field(entry, "date"))) return *time;
  const std::string year = one_line(field(entry, "year"));
  if (year.size() != 4) return 0;
  const std::string month = lower(one_line(field(entry, "month"))).substr(0, 3);
  const size_t at = month.size() == 3 ? kMonths.find(month) : kMonths.npos;
  const std::string number = at != kMonths.npos && at % 3 == 0 ? fmt::format("{:02}", at / 3 + 1)
                             : month.size() == 2               ? month
                             : month.size() == 1               ? "0" + month
                                                               : "01";
  return parse_iso_date(year + "-" + number + "-01").value_or(0);
}

store::Paper paper_of(const Entry& entry) {
  store::Paper p;
  for (const char* name : {"eprint", "url", "journal", "note", "howpublished"})
    for (const std::string& word : {one_line(field(entry, name)), [&] {
                                      const std::string text = one_line(field(entry, name));
                                      const size_t at = lower(text).find("arxiv:");
                                      return at == text.npos ? std::string() : text.substr(at);
                                    }()})
      if (const auto id = parse_arxiv_id(word); id && p.id.empty())
        p.id = id->id, p.version = id->version;
  const auto doi = parse_doi(field(entry, "doi"));
  // arXiv's own DOIs name the paper on arXiv.
  if (p.id.empty() && doi && doi->starts_with("10.48550/arxiv."))
    if (const auto id = parse_arxiv_id(doi->substr(15))) p.id = id->id;
  if (p.id.empty() && doi) p.id = "doi:" + *doi;
  p.title = from_tex(one_line(field(entry, "title")));
  p.abstract = from_tex(field(entry, "abstract"));
  add_authors(p, field(entry, "author"));
  p.published_at = date_of(entry);
  add_categories(p, field(entry, "primaryclass"));
  add_link(p, "page", one_line(field(entry, "url")));
  complete(p);
  return p;
}

}  // namespace

void read_bibtex(std::string_view text, const RecordSink& sink) {
  BibtexReader reader(text);
  while (reader.find_entry()) {
    sink.at(reader.at());
    store::Paper paper;
    try {
      const Entry entry = reader.read_entry();
      if (entry.kind.empty()) continue;
      paper = paper_of(entry);
    } catch (const Error& error) {
      sink.refuse(reader.entry_line(), error.what());
      continue;
    }
    if (!sink.paper(std::move(paper), reader.entry_line())) return;
  }
}

std::string bibtex(const store::Paper& p) {
  std::string names;
  for (const std::string& author : p.authors)
    names += (names.empty() ? "" : " and ") + to_tex(family_first(author));
  if (static_cast<int64_t>(p.authors.size()) < p.author_count && !names.empty())
    names += " and others";
  if (names.empty() && !p.organisation.empty()) names = "{" + to_tex(p.organisation) + "}";
  const std::string date = period_text(period_of(Span::day, p.published_at));
  std::string out =
      fmt::format("@misc{{{},\n  title = {{{}}},\n",
                  p.slug.empty() ? "paper-" + bibtex_key(p.id) : p.slug, to_tex(p.title));
  if (!names.empty()) out += fmt::format("  author = {{{}}},\n", names);
  out += fmt::format("  year = {{{}}},\n  date = {{{}}},\n", date.substr(0, 4), date);
  if (parse_arxiv_id(p.id)) {
    out += fmt::format("  eprint = {{{}}},\n  archiveprefix = {{arXiv}},\n", p.id);
    if (!p.categories.empty())
      out += fmt::format("  primaryclass = {{{}}},\n", p.categories.front());
    out += fmt::format("  url = {{{}}},\n", arxiv_page(p.id));
  } else if (p.id.starts_with("doi:")) {
    out += fmt::format("  doi = {{{}}},\n", p.id.substr(4));
  }
  return out + "}\n";
}

std::string bibtex_key(std::string_view id) {
  std::string key(id);
  for (char& c : key)
    if (!in_name(c) || c == '/' || c == '\\' || c == '~') c = '-';
  return key;
}

}  // namespace offprint::feed
