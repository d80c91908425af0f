// Submitting papers: text in any format that import reads, or a form with a paper's facts.
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/progress.h"
#include "offprint/feed/atom.h"
#include "offprint/feed/import.h"
#include "offprint/feed/paper_record.h"
#include "offprint/feed/record_text.h"
#include "offprint/store/papers.h"
#include "offprint/web/forms.h"
#include "offprint/web/routes.h"

namespace offprint::web {
namespace {

Page submit_page(const Request& r, const std::string& problem) {
  Page page;
  page.title = "Submit a paper";
  page.main = {plain("h1", "Submit a paper"), problem_view(problem),
               members_only(r.visitor, "/submit", "submit papers", " to submit a paper.")};
  if (!r.visitor.may(store::Role::member)) return page;
  page.main +=
      post_form(r.visitor, "/submit",
                {text_area("text", "BibTeX, RIS, or an answer of arXiv's API", r.text("text"), 10),
                 submit_button("Submit", true)},
                "account");
  page.main += {
      plain("h2", "Or by its facts"),
      post_form(r.visitor, "/submit",
                {field_view({.name = "id",
                             .label = "arXiv number",
                             .value = r.text("id"),
                             .help = "2403.11144"}),
                 field_view({.name = "title", .label = "Title", .value = r.text("title")}),
                 field_view({.name = "authors",
                             .label = "Authors",
                             .value = r.text("authors"),
                             .help = "with commas between"}),
                 field_view({.name = "published",
                             .label = "Published",
                             .kind = "date",
                             .value = r.text("published")}),
                 text_area("abstract", "Abstract", r.text("abstract"), 6), submit_button("Submit")},
                "account")};
  return page;
}

Reply show(Site&, const Request& r) { return page_reply(r, submit_page(r, "")); }

feed::ImportCount submit_text(Site& site, const Request& r) {
  feed::ImportOptions options;
  options.submitter = r.visitor.user->name, options.listed_at = now_seconds();
  Progress silent;
  return feed::import_text(site.database(), r.text("text"), "submitted text", options, silent);
}

std::string submit_facts(Site& site, const Request& r) {
  store::Paper paper;
  feed::set_arxiv(paper, r.text("id"));
  paper.title = r.text("title"), paper.abstract = r.text("abstract");
  const std::string names = r.text("authors");
  for (size_t at = 0; at < names.size();) {
    const size_t end = std::min(names.find(',', at), names.size());
    const std::string name = feed::one_line(names.substr(at, end - at));
    if (!name.empty()) paper.authors.push_back(name);
    at = end + 1;
  }
  const auto day = feed::parse_iso_date(r.text("published"));
  require(day.has_value(), "published: '{}', expected a day such as 2024-03-17",
          r.text("published").substr(0, 40));
  paper.published_at = *day, paper.listed_at = now_seconds();
  paper.submitter = r.visitor.user->name;
  feed::complete(paper);
  store::put_papers(site.database(), std::array{paper});
  return paper.id;
}

Reply take(Site& site, const Request& r) {
  if (!r.text("id").empty()) {
    const auto paper = store::find_paper(site.database(), submit_facts(site, r));
    return go_to(feed::paper_path(paper.value()));
  }
  const feed::ImportCount count = submit_text(site, r);
  if (count.put.added + count.put.changed + count.put.unchanged == 0)
    fail("{}", count.first_reason.empty() ? "no paper was found in that text" : count.first_reason);
  return go_to("/papers");
}

Reply submit(Site& site, const Request& r) {
  return or_form_again(
      r, [&] { return take(site, r); },
      [&](const std::string& problem) { return submit_page(r, problem); });
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/submit", show},
    {"/submit", submit, Post::member},
});

}  // namespace

std::span<const Route> submit_routes() { return kRoutes; }

}  // namespace offprint::web
