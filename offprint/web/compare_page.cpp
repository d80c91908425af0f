#include "offprint/web/compare_page.h"

#include <fmt/format.h>

#include "offprint/papers/card_text.h"
#include "offprint/web/card_view.h"
#include "offprint/web/run_jobs.h"
#include "offprint/web/table_view.h"

namespace offprint::web {
namespace {

using papers::CardComparison;
using papers::Measured;

constexpr int64_t kLookedAt = 20, kOffered = 5;  // other runs of the paper

Html labelled(const char* css_class, const char* label, const Html& content) {
  return element("td", {{"class", css_class}, {"data-label", label}}, content);
}

bool has_figure(const std::optional<Measured>& claim) { return claim && claim->ours; }

Html figure_of(const std::optional<Measured>& claim) {
  if (!claim) return "no such claim";
  Html out = papers::figure_text(claim->ours, claim->unit);
  if (!claim->spread.empty()) out += element("span", {{"class", "beside"}}, claim->spread);
  return out;
}

Html verdicts_of(const CardComparison::Claim& claim) {
  const auto mark = [](const std::optional<Measured>& one) {
    return one ? verdict_mark(*one) : Html("–");
  };
  if (claim.a && claim.b && !claim.changed) return mark(claim.b);
  return {mark(claim.a), " → ", mark(claim.b)};
}

Html claims_table(const CardComparison& comparison) {
  Html rows;
  int64_t open = 0;
  for (const auto& claim : comparison.claims) {
    if (!has_figure(claim.a) && !has_figure(claim.b)) {
      ++open;
      continue;
    }
    const Measured& either = claim.either();
    Html statement = either.statement;
    statement +=
        element("span", {{"class", "beside"}}, fmt::format("our bar {}", papers::bar_text(either)));
    rows += element(
        "tr", {{"class", claim.changed ? "changed" : ""}},
        {element("td", {{"class", "claim"}}, statement), labelled("ours", "A", figure_of(claim.a)),
         labelled("ours", "B", figure_of(claim.b)),
         labelled("ours", "difference", papers::difference_text(claim)),
         element("td", {{"class", "verdict"}}, verdicts_of(claim))});
  }
  Html out = scrolling(
      element("table", {{"class", "claims"}},
              {table_head({"claim", "A", "B", "difference", "verdict"}), plain("tbody", rows)}));
  if (open > 0)
    out += element("p", {{"class", "small"}},
                   fmt::format("Measured in neither run: {} claim{}.", open, open == 1 ? "" : "s"));
  return out;
}

Html settings_table(const CardComparison& comparison) {
  if (comparison.settings.empty())
    return plain("p", "Both were made in the same way on the same machine.");
  Html rows;
  for (const auto& setting : comparison.settings)
    rows += plain("tr", {element("th", {{"scope", "row"}}, setting.name), plain("td", setting.a),
                         plain("td", setting.b)});
  return table_view({"setting", "A", "B"}, rows);
}

Html figure_view(const char* run, const std::optional<papers::Figure>& figure) {
  if (!figure)
    return plain("figure", plain("figcaption", fmt::format("{} has no such figure.", run)));
  return plain("figure", {Html::trusted(to_svg(figure->plot)),
                          plain("figcaption", fmt::format("{}: {}", run, figure->caption))});
}

Html figures_view(const CardComparison& comparison) {
  Html pairs;
  for (const auto& pair : comparison.figures)
    pairs += {figure_view("A", pair.a), figure_view("B", pair.b)};
  return pairs.empty() ? Html() : element("div", {{"class", "figures pairs"}}, pairs);
}

Html run_line(const char* name, const ComparedRun& run) {
  return plain("li", {plain("strong", name), ": ",
                      element("a", {{"href", fmt::format("/runs/{}", run.key)}},
                              fmt::format("run {}", run.key)),
                      ", " + papers::card_line(run.card) + " ", verdicts_view(run.card)});
}

}  // namespace

std::string compare_path(int64_t a, int64_t b) {
  return fmt::format("/runs/compare?a={}&b={}", a, b);
}

Page compare_page(const ComparedRun& a, const ComparedRun& b) {
  const CardComparison comparison = papers::compare(a.card, b.card);
  Page page;
  page.title = fmt::format("Runs {} and {}: {}", a.key, b.key, comparison.slug);
  page.here = "/runs", page.wide = true;
  page.main = {
      plain("h1", element("a", {{"href", "/papers/" + comparison.slug}, {"class", "quiet"}},
                          comparison.title)),
      element("ul", {{"class", "small"}}, {run_line("A", a), run_line("B", b)}),
      plain("p", {papers::comparison_line(comparison) + " ",
                  element("a", {{"href", compare_path(b.key, a.key)}}, "Swap A and B"), " · ",
                  element("a", {{"href", "/api" + compare_path(a.key, b.key)}}, "JSON")}),
      plain("h2", "How they were made"),
      settings_table(comparison),
      plain("h2", "What they measured"),
      element("section", {{"aria-label", "Compared claims"}},
              {claims_table(comparison), figures_view(comparison)})};
  return page;
}

Html compare_links(const Site& site, const store::Job& job) {
  const store::JobList wanted{
      .state = store::JobState::done, .slug = job.request.slug, .limit = kLookedAt};
  Html links;
  int64_t offered = 0;
  for (const store::Job& other : store::list_jobs(site.database(), wanted)) {
    if (other.key == job.key || other.request.kind != job.request.kind || offered++ >= kOffered)
      continue;
    links += links.empty() ? "Compare with " : ", ";
    links += element("a", {{"href", compare_path(other.key, job.key)}},
                     fmt::format("run {} ({})", other.key, setting_of(other)));
  }
  return links.empty() ? Html() : element("p", {{"class", "small"}}, {links, "."});
}

}  // namespace offprint::web
