#include "offprint/web/report_page.h"

#include "offprint/papers/card_text.h"
#include "offprint/web/card_view.h"
#include "offprint/web/page.h"
#include "offprint/web/table_view.h"

namespace offprint::web {
namespace {

Html title_of(const papers::Paper& paper, bool linked, bool measured) {
  if (linked) return element("a", {{"href", "/papers/" + paper.slug}}, paper.title);
  return measured ? element("a", {{"href", "#" + paper.slug}}, paper.title) : Html(paper.title);
}

}  // namespace

Html report_view(const papers::Report& report, bool linked) {
  Html measured, runs, rest, cards;
  for (const auto& [paper, card] : report.entries) {
    const Html state = card            ? verdicts_view(*card)
                       : paper->runs() ? Html("runs, not measured here yet")
                                       : Html("does not run yet");
    const Html row =
        element("tr", {{"class", card ? "measured" : "open"}},
                {plain("td", title_of(*paper, linked, card.has_value())),
                 element("td", {{"class", "state"}}, state), plain("td", card ? card->scale : "")});
    (card ? measured : paper->runs() ? runs : rest) += row;
    if (card && !linked)
      cards += Html{element("h2", {{"id", paper->slug}}, paper->title), card_view(*card)};
  }
  Html out = {plain("h1", "What holds up"),
              element("p", {{"class", "lede"}}, papers::report_line(report) + "."),
              table_view({"paper", "verdicts", "scale"}, {measured, runs, rest})};
  for (const std::string& problem : report.problems)
    out += element("p", {{"class", "small"}}, "No card: " + problem);
  out += cards;
  return out;
}

std::string report_page(const papers::Report& report) {
  Page page;
  page.title = "What holds up";
  page.main = report_view(report, false);
  return render(page, true);
}

}  // namespace offprint::web
