#include "offprint/web/hub_api.h"

#include <fmt/chrono.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/feed/lists.h"
#include "offprint/feed/query.h"
#include "offprint/papers/paper_json.h"
#include "offprint/store/papers.h"

namespace offprint::web {
namespace {

std::string iso(int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.000Z", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Json submitter_of(const store::Paper& paper) {
  const std::string name = paper.submitter.empty() ? "offprint" : paper.submitter;
  return {{"user", name},   {"fullname", name}, {"avatarUrl", ""},
          {"type", "user"}, {"isPro", false},   {"name", name}};
}

Json authors_of(const store::Paper& paper) {
  Json authors = Json::array();
  for (const std::string& name : paper.authors)
    authors.push_back({{"name", name}, {"hidden", false}});
  return authors;
}

std::string text_of(const store::Paper& paper) {
  return paper.abstract.empty() ? paper.summary : paper.abstract;
}

// Ours, which the client keeps as an attribute.
Json offprint_of(const store::Paper& paper) {
  Json ours = {{"slug", paper.slug}, {"runs", paper.runs}, {"verdicts", nullptr}};
  if (paper.verdicts_at > 0) ours["verdicts"] = {{"holds", paper.holds}, {"fails", paper.fails}};
  return ours;
}

std::string link_of(const store::Paper& paper, std::string_view kind) {
  for (const store::Link& link : paper.links)
    if (link.kind == kind) return link.url;
  return "";
}

void add_links(Json& object, const store::Paper& paper) {
  if (const std::string code = link_of(paper, "code"); !code.empty()) object["githubRepo"] = code;
  if (const std::string page = link_of(paper, "project"); !page.empty())
    object["projectPage"] = page;
  if (!paper.organisation.empty())
    object["organization"] = {{"name", paper.organisation}, {"fullname", paper.organisation}};
  if (!paper.summary.empty()) object["ai_summary"] = paper.summary;
  object["ai_keywords"] = paper.topic.empty() ? Json::array() : Json::array({paper.topic});
}

Json entry_of(const store::Paper& paper) {
  Json entry = {{"paper",
                 {{"id", paper.id},
                  {"authors", authors_of(paper)},
                  {"publishedAt", iso(paper.published_at)},
                  {"title", paper.title},
                  {"summary", text_of(paper)},
                  {"upvotes", paper.upvotes},
                  {"discussionId", paper.id}}},
                {"title", paper.title},
                {"summary", text_of(paper)},
                {"publishedAt", iso(paper.listed_at)},
                {"numComments", paper.comment_count},
                {"submittedBy", submitter_of(paper)},
                {"thumbnail", ""},
                {"offprint", offprint_of(paper)}};
  add_links(entry, paper);
  return entry;
}

Json entries(const std::vector<store::Paper>& papers) {
  Json list = Json::array();
  for (const store::Paper& paper : papers) list.push_back(entry_of(paper));
  return list;
}

}  // namespace

Json daily_papers(const Site& site, const DailyRequest& r) {
  const int given = !r.date.empty() + !r.week.empty() + !r.month.empty();
  require(given <= 1, "give one of date, week and month, not {}", given);
  feed::ListRequest request;
  if (!r.date.empty()) request.period = feed::parse_period(feed::Span::day, r.date);
  if (!r.week.empty()) request.period = feed::parse_period(feed::Span::week, r.week);
  if (!r.month.empty()) request.period = feed::parse_period(feed::Span::month, r.month);
  request.sort = feed::parse_sort(r.sort);
  request.filter.submitter = r.submitter;
  request.page = r.page, request.limit = r.limit, request.now = now_seconds();
  return entries(feed::list_page(site.database(), request).papers);
}

Json search_papers(const Site& site, const std::string& query, int64_t limit) {
  require(limit >= 1 && limit <= 120, "limit: {}, expected 1 to 120", limit);
  feed::SearchRequest request;
  request.limit = limit;
  return entries(site.search().find(feed::parse_query(query), request).papers);
}

std::optional<Json> paper_info(const Site& site, const std::string& id) {
  const auto paper = store::find_paper(site.database(), id);
  if (!paper) return std::nullopt;
  Json info = {{"id", paper->id},
               {"authors", authors_of(*paper)},
               {"publishedAt", iso(paper->published_at)},
               {"submittedOnDailyAt", iso(paper->listed_at)},
               {"submittedOnDailyBy", submitter_of(*paper)},
               {"title", paper->title},
               {"summary", text_of(*paper)},
               {"upvotes", paper->upvotes},
               {"numComments", paper->comment_count},
               {"discussionId", paper->id},
               {"offprint", offprint_of(*paper)}};
  add_links(info, *paper);
  const auto known = std::ranges::find(papers::catalog(), paper->slug, &papers::Paper::slug);
  if (known != papers::catalog().end() && known->runs())
    info["offprint"]["claims"] = papers::to_json(*known)["claims"];
  return info;
}

}  // namespace offprint::web
