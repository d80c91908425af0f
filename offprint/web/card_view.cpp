#include "offprint/web/card_view.h"

#include <fmt/format.h>

#include "offprint/papers/card_text.h"
#include "offprint/web/table_view.h"

namespace offprint::web {
namespace {

using papers::Measured;
using papers::RunCard;
using papers::Verdict;

const char* row_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holding";
    case Verdict::fails:
      return "failing";
    case Verdict::not_at_this_scale:
      break;
  }
  return "open";
}

Html beside(const std::string& text) {
  return text.empty() ? Html() : element("span", {{"class", "beside"}}, text);
}

Html claim_row(const Measured& claim) {
  const auto figure = [](const char* label, const Html& content) {
    return element("td", {{"class", "figure"}, {"data-label", label}}, content);
  };
  Html statement = claim.statement;
  statement += beside(claim.note);
  Html paper = papers::paper_figure(claim);
  if (claim.paper != "none") {
    paper += beside(claim.setting);
    paper += beside(claim.source);
  }
  const Html ours = {papers::figure_text(claim.ours, claim.unit), beside(claim.spread),
                     beside(claim.baseline)};
  return element("tr", {{"class", row_class(claim.verdict)}},
                 {element("td", {{"class", "claim"}}, statement),
                  element("td", {{"class", "paper"}, {"data-label", "paper"}}, paper),
                  element("td", {{"class", "ours"}, {"data-label", "ours"}}, ours),
                  figure("our bar", papers::bar_text(claim)),
                  element("td", {{"class", "verdict"}}, verdict_mark(claim))});
}

Html figures_view(const RunCard& card) {
  Html figures;
  for (const papers::Figure& figure : card.figures)
    figures +=
        plain("figure", {Html::trusted(to_svg(figure.plot)), plain("figcaption", figure.caption)});
  return figures.empty() ? Html() : element("div", {{"class", "figures"}}, figures);
}

Html how_it_was_made(const RunCard& card) {
  const auto fact = [](const char* name, const std::string& value) {
    return Html{plain("dt", name), plain("dd", value)};
  };
  return element(
      "dl", {{"class", "facts"}},
      {fact("scale", card.scale), fact("seed", std::to_string(card.seed)),
       fact("when", card.started), fact("took", fmt::format("{:.0f} s", card.seconds)),
       fact("memory", fmt::format("{:.0f} MiB at most", card.peak_memory_mib)),
       fact("machine", card.machine), fact("device", card.device), fact("source", card.revision)});
}

}  // namespace

Html verdict_mark(const Measured& claim) {
  switch (claim.verdict) {
    case Verdict::holds:
      return element("span", {{"class", "holds"}}, "✓ holds");
    case Verdict::fails:
      return element("span", {{"class", "fails"}}, "✗ fails");
    case Verdict::not_at_this_scale:
      break;
  }
  return claim.bar ? "not measured" : "not at this scale";
}

Html claims_view(const RunCard& card) {
  // What was judged comes first; what this scale leaves open follows under a line of its own.
  Html judged, open;
  for (const Measured& claim : card.claims)
    (claim.verdict == Verdict::not_at_this_scale ? open : judged) += claim_row(claim);
  Html bodies = judged.empty() ? Html() : plain("tbody", judged);
  if (!open.empty() && !judged.empty())
    open = Html{element("tr", {{"class", "divider"}},
                        element("th", {{"scope", "rowgroup"}, {"colspan", "5"}},
                                "Not measured at " + card.scale + " scale")),
                open};
  if (!open.empty()) bodies += plain("tbody", open);
  return element("table", {{"class", "claims"}},
                 {table_head({"claim", "paper's figure", "ours", "our bar", "verdict"}), bodies});
}

Html verdicts_view(int64_t holds, int64_t fails) {
  Html text =
      element("span", {{"class", "holds"}}, fmt::format("{} hold{}", holds, holds == 1 ? "s" : ""));
  if (fails > 0) {
    text += " ";
    text += element("span", {{"class", "fails"}},
                    fmt::format("{} fail{}", fails, fails == 1 ? "s" : ""));
  }
  return element("span", {{"class", "badge"}}, text);
}

Html verdicts_view(const RunCard& card) {
  return verdicts_view(count(card, Verdict::holds), count(card, Verdict::fails));
}

Html card_view(const RunCard& card) {
  Html out = scrolling(claims_view(card));
  if (card.stopped)
    out += element("p", {{"class", "small"}}, "The run was stopped: what it had measured is here.");
  out += figures_view(card);
  for (const TextTable& table : card.tables) out += scrolling(Html::trusted(table.to_html()));
  Html notes;
  for (const std::string& note : card.notes) notes += plain("li", note);
  if (!notes.empty()) out += element("ul", {{"class", "notes"}}, notes);
  out += how_it_was_made(card);
  return element("section", {{"aria-label", "Measured claims"}}, out);
}

}  // namespace offprint::web
