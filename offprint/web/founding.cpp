#include "offprint/web/founding.h"

#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/calendar.h"
#include "offprint/store/papers.h"

namespace offprint::web {
namespace {

constexpr const char* kListed = "2025-10-30";

int64_t time_of(std::string_view day) {
  return feed::parse_period(feed::Span::day, day).begins_at();
}

}  // namespace

store::Paper record_of(const papers::Paper& paper) {
  store::Paper record;
  record.id = paper.arxiv, record.slug = paper.slug, record.title = paper.title;
  record.authors = paper.authors;
  record.author_count =
      std::max<int64_t>(paper.author_count, static_cast<int64_t>(paper.authors.size()));
  record.organisation = paper.organisation, record.summary = paper.summary;
  record.published_at = record.updated_at = time_of(paper.published);
  record.listed_at = time_of(kListed);
  record.topic = paper.topic, record.submitter = "offprint";
  record.links = {{"abstract", feed::arxiv_page(paper.arxiv)},
                  {"pdf", feed::arxiv_pdf(paper.arxiv)}};
  if (!paper.code.empty()) record.links.push_back({"code", "https://github.com/" + paper.code});
  record.comments_elsewhere = paper.comments;
  return record;
}

void list_founding(store::Database& database) {
  std::vector<store::Paper> records;
  std::vector<std::string> running;
  for (const papers::Paper& paper : papers::catalog()) {
    records.push_back(record_of(paper));
    if (paper.runs()) running.push_back(paper.slug);
  }
  store::put_papers(database, records);
  store::set_running(database, running);
}

}  // namespace offprint::web
