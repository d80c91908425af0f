#include "offprint/web/routes.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/feed/atom.h"
#include "offprint/papers/report.h"
#include "offprint/papers/run_paper.h"
#include "offprint/store/papers.h"
#include "offprint/web/hub_api.h"
#include "offprint/web/list_page.h"
#include "offprint/web/openai_error.h"
#include "offprint/web/openapi.h"
#include "offprint/web/page.h"
#include "offprint/web/paper_page.h"
#include "offprint/web/report_page.h"

namespace offprint::web {

extern const std::string_view kIconSvg;  // assets/icon.svg

namespace {

constexpr const char* kJson = "application/json";
constexpr int64_t kFeedPapers = 100, kMostInSitemap = 50000, kMostPages = 1000000;

template <feed::Span span>
Reply period(Site& site, const Request& r) {
  const std::string which = r.captures.empty() ? "" : r.captures.front();
  return page_reply(r, period_page(site, span, which, r.text("sort"), r.page_number()));
}
Reply trending(Site& site, const Request& r) {
  return page_reply(r, trending_page(site, r.page_number()));
}
Reply search(Site& site, const Request& r) {
  return page_reply(r, search_page(site, with_filters(r.text("q"), r.parameters), r.page_number()));
}

Reply markdown(Site& site, const Request& r) {
  const auto text = paper_as_markdown(site, r.captures.at(0));
  return text ? Reply{.body = *text, .type = "text/markdown; charset=utf-8"} : not_found(r);
}
Reply bibtex(Site& site, const Request& r) {
  const auto text = paper_as_bibtex(site, r.captures.at(0));
  return text ? Reply{.body = *text, .type = "application/x-bibtex; charset=utf-8"} : not_found(r);
}
Reply paper(Site& site, const Request& r) {
  const auto page = paper_page(site, r.visitor, r.captures.at(0));
  return page ? page_reply(r, *page) : not_found(r);
}

Reply report(Site& site, const Request& r) {
  Page page;
  page.title = "What holds up", page.here = "/report";
  page.main = report_view(papers::make_report(site.shelf()), true);
  return page_reply(r, page);
}

Reply api_json(Site&, const Request& r) {
  Json document = openapi(all_routes());
  document["servers"] = {{{"url", r.address}}};
  return json_reply(document);
}
Reply daily_json(Site& site, const Request& r) {
  DailyRequest request{r.word("date"),      r.word("week"),  r.word("month"),     r.word("sort"),
                       r.text("submitter"), r.page_number(), r.whole("limit", 50)};
  return json_reply(daily_papers(site, request));
}
Reply search_json(Site& site, const Request& r) {
  return json_reply(search_papers(site, r.text("q"), r.whole("limit", 20)));
}
Reply paper_json(Site& site, const Request& r) {
  const auto info = paper_info(site, r.captures.at(0));
  return info ? json_reply(*info) : error_reply(r.path, 404, "no paper " + r.captures.at(0));
}
Reply card_json(Site& site, const Request& r) {
  const auto card = site.shelf().best(r.captures.at(0));
  return card ? json_reply(papers::to_json(*card))
              : error_reply(r.path, 404, "no card of " + r.captures.at(0));
}

Reply atom(Site& site, const Request& r) {
  store::PaperList list{.limit = kFeedPapers};
  const auto papers = store::list_papers(site.database(), list);
  const feed::AtomFeed feed{"Offprint: daily papers", r.address, "/atom.xml", 0};
  return {.body = feed::atom_xml(feed, papers), .type = "application/atom+xml; charset=utf-8"};
}

Reply topic_atom(Site& site, const Request& r) {
  for (const store::TopicCount& one : store::topics(site.database())) {
    if (topic_path(one.topic) != r.captures.at(0)) continue;
    const store::PaperList list{.filter = {.topic = one.topic}, .limit = kFeedPapers};
    const feed::AtomFeed feed{"Offprint: " + one.topic, r.address, r.path, 0};
    return {.body = feed::atom_xml(feed, store::list_papers(site.database(), list)),
            .type = "application/atom+xml; charset=utf-8"};
  }
  return not_found(r);
}

Reply sitemap(Site& site, const Request& r) {
  std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
  store::PaperList list{.limit = kMostInSitemap};
  for (const store::Paper& p : store::list_papers(site.database(), list))
    body += fmt::format("<url><loc>{}{}</loc></url>\n", r.address, feed::paper_path(p));
  return {.body = body + "</urlset>\n", .type = "application/xml"};
}

Reply health(Site& site, const Request&) {
  return json_reply({{"status", "ok"},
                     {"papers", store::count_papers(site.database())},
                     {"search", site.search().knows_meaning() ? "hybrid" : "words"},
                     {"revision", papers::source_revision()}});
}

Reply metrics(Site& site, const Request&) {
  return {.body = fmt::format("# TYPE offprint_papers gauge\noffprint_papers {}\n"
                              "# TYPE offprint_peak_memory_mib gauge\n"
                              "offprint_peak_memory_mib {:.0f}\n",
                              store::count_papers(site.database()), peak_memory_mib()) +
                  model_metrics(site),
          .type = "text/plain; version=0.0.4"};
}

Reply style(Site&, const Request& r) {
  if (r.path != style_path()) return not_found(r);
  return {.body = std::string(style_sheet()), .type = "text/css; charset=utf-8", .keep = true};
}
Reply script(Site&, const Request& r) {
  if (r.path != runs_script_path()) return not_found(r);
  return {
      .body = std::string(runs_script()), .type = "text/javascript; charset=utf-8", .keep = true};
}
Reply icon(Site&, const Request&) {
  return {.body = std::string(kIconSvg), .type = "image/svg+xml", .keep = true};
}
Reply robots(Site&, const Request& r) {
  return {.body = "User-agent: *\nDisallow: /api/\nSitemap: " + r.address + "/sitemap.xml\n",
          .type = "text/plain"};
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/", period<feed::Span::day>},
    {"/date/([^/]+)", period<feed::Span::day>},
    {"/week/([^/]+)", period<feed::Span::week>},
    {"/month/([^/]+)", period<feed::Span::month>},
    {"/trending", trending},
    {"/papers", search},
    {"/papers/(.+)\\.md", markdown},
    {"/papers/(.+)\\.bib", bibtex},
    {"/papers/(.+)", paper},
    {"/report", report},
    {"/atom\\.xml", atom},
    {"/atom/([a-z0-9-]+)\\.xml", topic_atom},
    {"/sitemap\\.xml", sitemap},
    {"/robots\\.txt", robots},
    {"/healthz", health},
    {"/metrics", metrics},
    {"/assets/site-[0-9a-f]+\\.css", style},
    {"/assets/runs-[0-9a-f]+\\.js", script},
    {"/assets/icon\\.svg", icon},
    {"/api/openapi\\.json", api_json, Post::no, "describeApi"},
    {"/api/daily_papers", daily_json, Post::no, "listDailyPapers"},
    {"/api/papers/search", search_json, Post::no, "searchPapers"},
    {"/api/papers/(.+)", paper_json, Post::no, "getPaper"},
    {"/api/cards/([^/]+)", card_json, Post::no, "getBestCard"},
});

}  // namespace

std::string Request::text(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::string Request::word(const std::string& name) const {
  require(!parameters.contains(name) || !text(name).empty(), "{}: it is empty", name);
  return text(name);
}

int64_t Request::whole(const std::string& name, int64_t otherwise) const {
  if (!parameters.contains(name)) return otherwise;
  const std::string given = text(name);
  int64_t value = 0;
  const auto [end, code] = std::from_chars(given.data(), given.data() + given.size(), value);
  require(code == std::errc() && end == given.data() + given.size(),
          "{}: '{}', expected a whole number", name, given.substr(0, 40));
  return value;
}

int64_t Request::page_number() const {
  const int64_t number = whole("p", 0);
  require(number >= 0 && number <= kMostPages, "p: {}, expected 0 to {}", number, kMostPages);
  return number;
}

int64_t Request::key() const {
  int64_t key = 0;
  const std::string& text = captures.at(0);
  std::from_chars(text.data(), text.data() + text.size(), key);
  return key;
}

std::span<const Route> reading_routes() { return kRoutes; }

std::vector<Route> all_routes() {
  std::vector<Route> all;
  // Those that read papers last: a paper's path takes what the others left.
  for (const std::span<const Route> table :
       {run_routes(), account_routes(), talk_routes(), subscription_routes(), submit_routes(),
        use_routes(), openai_routes(), reading_routes()})
    all.insert(all.end(), table.begin(), table.end());
  return all;
}

Reply page_reply(const Request& request, Page page, int status) {
  if (request.visitor.owner)
    page.visitor = Page::Visitor::owner;
  else if (request.visitor.user)
    page.visitor = Page::Visitor::user, page.visitor_name = request.visitor.user->name;
  return {.body = render(page), .status = status};
}

Reply json_reply(const Json& json, int status) {
  return {.body = json_text(json) + "\n", .type = kJson, .status = status};
}

Reply go_to(const std::string& path) { return {.body = "", .status = 303, .location = path}; }

Reply error_reply(const std::string& path, int status, const std::string& message) {
  Reply reply;
  if (path.starts_with("/api/")) {
    reply = json_reply({{"error", message}});
  } else if (path.starts_with("/v1/")) {
    reply = json_reply(openai_error(status, message));
  } else {
    Page page;
    page.title = status == 404 ? "Not found" : "That did not work";
    page.main = {
        plain("h1", page.title), plain("p", message),
        plain("p", {element("a", {{"href", "/"}}, "Today's papers"), " or search above."})};
    reply.body = render(page);
  }
  reply.status = status;
  return reply;
}

Reply not_found(const Request& request) {
  return error_reply(request.path, 404, "There is nothing at " + request.path);
}

Reply not_found(const Request& request, const char* what) {
  return error_reply(request.path, 404,
                     fmt::format("There is no {} {}.", what, request.captures.at(0)));
}

Reply or_form_again(const Request& request, const std::function<Reply()>& answer,
                    const std::function<Page(const std::string& problem)>& form) {
  try {
    return answer();
  } catch (const Unavailable&) {
    throw;
  } catch (const Error& error) {
    return page_reply(request, form(error.what()), 400);
  }
}

}  // namespace offprint::web
