#include "offprint/web/paper_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/feed/arxiv_id.h"
#include "offprint/feed/atom.h"
#include "offprint/feed/bibtex.h"
#include "offprint/feed/paper_markdown.h"
#include "offprint/papers/card_text.h"
#include "offprint/papers/paper.h"
#include "offprint/store/papers.h"
#include "offprint/web/card_view.h"
#include "offprint/web/list_page.h"
#include "offprint/web/math_view.h"
#include "offprint/web/runs_page.h"
#include "offprint/web/talk_view.h"
#include "offprint/web/use_page.h"

namespace offprint::web {
namespace {

constexpr int64_t kSimilar = 5;

const papers::Paper* recipe_of(const store::Paper& paper) {
  for (const papers::Paper& known : papers::catalog())
    if (!paper.slug.empty() && known.slug == paper.slug) return known.runs() ? &known : nullptr;
  return nullptr;
}

Html facts(const store::Paper& paper) {
  Html rows;
  const auto fact = [&](const char* name, const Html& value) {
    rows += Html{plain("dt", name), plain("dd", value)};
  };
  fact("published", date_text(paper.published_at));
  if (!paper.topic.empty()) fact("topic", paper.topic);
  fact(feed::parse_arxiv_id(paper.id) ? "arXiv" : "known as", paper.id);
  Html links;
  for (const store::Link& link : paper.links) {
    if (!links.empty()) links += " · ";
    links += element("a", {{"href", link.url}, {"rel", "noopener"}}, link.kind);
  }
  if (!links.empty()) fact("links", links);
  return element("dl", {{"class", "facts"}}, rows);
}

Html measured(const Site& site, const Visitor& visitor, const papers::Paper* recipe) {
  if (recipe == nullptr)
    return {element("h2", {{"id", "holds"}}, "Does it hold up?"),
            plain("p", "This paper does not run here yet.")};
  Html out = element("h2", {{"id", "holds"}}, "Does it hold up?");
  out += run_form(site, visitor, *recipe);
  if (const auto card = site.shelf().best(recipe->slug)) {
    out += element("p", {{"class", "small"}}, "Measured here: " + papers::card_line(*card));
    out += card_view(*card);
  } else {
    papers::RunCard bars;
    bars.scale = "quick";
    papers::judge_all(bars, recipe->claims(), {});
    for (papers::Measured& claim : bars.claims) claim.note.clear();
    out += plain("p",
                 "Nothing was measured on this machine yet. The claims and our bars at quick "
                 "scale:");
    out += element("section", {{"aria-label", "Claims"}},
                   element("div", {{"class", "scroll"}}, claims_view(bars)));
  }
  out += plain(
      "details",
      {plain("summary", "On the command line"),
       preformatted(plain("code", "offprint run " + recipe->slug +
                                      "                      # under a minute\n"
                                      "offprint run " +
                                      recipe->slug + " --scale standard   # up to ten minutes"))});
  return out;
}

Html similar(const Site& site, const store::Paper& paper) {
  Html items;
  for (const store::Paper& near : site.search().similar(paper.key, kSimilar))
    items +=
        plain("li", element("a", {{"href", feed::paper_path(near)}}, text_with_math(near.title)));
  if (items.empty()) return {};
  return {plain("h2", "Similar papers"), plain("ul", items)};
}

}  // namespace

std::optional<Page> paper_page(const Site& site, const Visitor& visitor, const std::string& id) {
  const auto paper = store::find_paper(site.database(), id);
  if (!paper) return std::nullopt;
  Page page;
  page.title = paper->title, page.description = paper->summary;
  page.wide = recipe_of(*paper) != nullptr;
  Html names;
  for (const std::string& name : paper->authors) names += (names.empty() ? "" : ", ") + name;
  const bool many = paper->authors.size() > 12;
  page.main = {plain("h1", text_with_math(paper->title)),
               element("p", {{"class", "byline"}}, author_line(*paper))};
  if (many) page.main += plain("details", {plain("summary", "All authors"), plain("p", names)});
  if (paper->withdrawn)
    page.main += element("p", {{"class", "fails"}}, "This paper was withdrawn.");
  if (!paper->summary.empty())
    page.main += element("p", {{"class", "summary"}}, text_with_math(paper->summary));
  if (!paper->abstract.empty()) page.main += plain("p", text_with_math(paper->abstract));
  page.main += facts(*paper);
  page.main += vote_view(site, visitor, *paper);
  page.main += measured(site, visitor, recipe_of(*paper));
  page.main += use_links(paper->slug);
  page.main += similar(site, *paper);
  page.main += comments_view(site, visitor, *paper);
  page.main += plain(
      "details", {plain("summary", "BibTeX"), preformatted(plain("code", feed::bibtex(*paper)))});
  return page;
}

std::optional<std::string> paper_as_markdown(const Site& site, const std::string& id) {
  const auto paper = store::find_paper(site.database(), id);
  if (!paper) return std::nullopt;
  const auto card = site.shelf().best(paper->slug);
  return feed::paper_markdown(*paper, card ? "\n" + papers::card_markdown(*card) : "");
}

std::optional<std::string> paper_as_bibtex(const Site& site, const std::string& id) {
  const auto paper = store::find_paper(site.database(), id);
  return paper ? std::optional(feed::bibtex(*paper)) : std::nullopt;
}

}  // namespace offprint::web
