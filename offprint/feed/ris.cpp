#include "offprint/feed/ris.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/calendar.h"
#include "offprint/feed/paper_record.h"
#include "offprint/feed/record_text.h"
#include "offprint/feed/records.h"

namespace offprint::feed {
namespace {

// "2023", "2023/12/01/", "2023-12-01": what is missing is the first.
int64_t date_of(std::string text) {
  std::ranges::replace(text, '/', '-');
  while (text.ends_with('-')) text.pop_back();
  if (text.size() == 4) text += "-01-01";
  return parse_iso_date(text).value_or(0);
}

// Adds one line of a record to the paper.
void take(store::Paper& p, std::string_view tag, const std::string& value) {
  if ((tag == "TI" || tag == "T1") && p.title.empty()) p.title = value;
  if (tag == "AU" || tag == "A1") p.authors.push_back(natural_name(value));
  if ((tag == "AB" || tag == "N2") && p.abstract.empty()) p.abstract = value;
  if (tag == "DA" || ((tag == "PY" || tag == "Y1") && p.published_at == 0))
    if (const int64_t time = date_of(value); time != 0) p.published_at = time;
  if (tag == "UR" || tag == "ID" || tag == "AN" || tag == "M1" || tag == "DO" || tag == "JO") {
    const auto id = parse_arxiv_id(value);
    if (id && !parse_arxiv_id(p.id)) p.id = id->id, p.version = id->version;
    if (const auto doi = parse_doi(value); doi && tag == "DO") {
      const auto own =
          doi->starts_with("10.48550/arxiv.") ? parse_arxiv_id(doi->substr(15)) : std::nullopt;
      if (own && !parse_arxiv_id(p.id)) p.id = own->id;
      if (p.id.empty()) p.id = "doi:" + *doi;
    }
  }
  if (tag == "UR") add_link(p, "page", value);
}

bool is_tag(std::string_view line) {
  const auto in_tag = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return line.size() >= 5 && in_tag(line[0]) && in_tag(line[1]) && line.substr(2, 3) == "  -";
}

}  // namespace

void read_ris(std::string_view text, const RecordSink& sink) {
  store::Paper p;
  std::string tag, value;
  int64_t began = 0;  // line of TY; 0 outside records
  const auto finish = [&](bool whole) {
    const int64_t line = std::exchange(began, 0);
    store::Paper done = std::exchange(p, {});
    if (line == 0) return true;
    try {
      require(whole, "a record without its end, expected a line 'ER  -'");
      complete(done);
    } catch (const Error& error) {
      sink.refuse(line, error.what());
      return true;
    }
    return sink.paper(std::move(done), line);
  };
  std::string_view rest = text;
  for (int64_t number = 1; !rest.empty(); ++number) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    sink.at(text.size() - rest.size());
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!is_tag(line)) {  // a long value goes on
      if (began != 0 && value.size() < 100000) value += " " + one_line(line);
      continue;
    }
    if (began != 0) take(p, tag, one_line(value));
    tag = line.substr(0, 2), value = line.substr(5);
    if (tag == "TY") {
      if (!finish(false)) return;
      began = number;
    } else if (tag == "ER") {
      if (!finish(true)) return;
    } else if (began == 0) {
      sink.refuse(number, "a line outside a record, expected 'TY  -' first");
    }
  }
  finish(false);
}

std::string ris(const store::Paper& p) {
  std::string out = "TY  - GEN\nTI  - " + one_line(p.title) + "\n";
  for (const std::string& author : p.authors) out += "AU  - " + family_first(author) + "\n";
  if (p.authors.empty() && !p.organisation.empty())
    out += "AU  - " + one_line(p.organisation) + "\n";
  std::string date = period_text(period_of(Span::day, p.published_at));
  std::ranges::replace(date, '-', '/');
  out += "PY  - " + date.substr(0, 4) + "\nDA  - " + date + "\n";
  if (!p.abstract.empty()) out += "AB  - " + one_line(p.abstract) + "\n";
  if (parse_arxiv_id(p.id))
    out += "AN  - arXiv:" + p.id + "\nUR  - " + arxiv_page(p.id) + "\n";
  else if (p.id.starts_with("doi:"))
    out += "DO  - " + p.id.substr(4) + "\n";
  return out + "ER  -\n";
}

}  // namespace offprint::feed
