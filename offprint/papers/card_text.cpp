#include "offprint/papers/card_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/core/utf8.h"

namespace offprint::papers {
namespace {

constexpr int kWidth = 100;

std::string mark(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "✓ holds";
    case Verdict::fails:
      return "✗ FAILS";
    case Verdict::not_at_this_scale:
      break;
  }
  return "· not at\nthis scale";
}

// Statement with the unit of ours and the bar, then what stands beside our figure.
std::string claim_cell(const Measured& claim) {
  std::string cell =
      claim.unit.empty() ? claim.statement : fmt::format("{} [{}]", claim.statement, claim.unit);
  for (const std::string& detail : {claim.baseline, claim.spread, claim.note})
    if (!detail.empty()) cell += "\n" + detail;
  return cell;
}

std::string wrapped(std::string_view text, std::string_view indent) {
  std::string out;
  for (const std::string& line : wrap_to_width(text, kWidth - display_width(indent)))
    out += fmt::format("{}{}\n", indent, line);
  return out;
}

}  // namespace

std::string figure_text(const std::optional<double>& value, const std::string& unit) {
  if (!value) return "–";
  return unit.empty() ? number_text(*value) : fmt::format("{} {}", number_text(*value), unit);
}

std::string bar_text(const Measured& claim) {
  if (!claim.bar) return "–";
  return fmt::format("{} {}", claim.direction == "at least" ? "≥" : "≤", number_text(*claim.bar));
}

std::string paper_figure(const Measured& claim) {
  if (claim.paper == "none") return "–";
  return claim.confirmed ? claim.paper : claim.paper + " (unconfirmed)";
}

TextTable claims_table(const RunCard& card) {
  TextTable table{
      .title = "", .columns = {"claim", "paper", "ours", "our bar", "verdict"}, .rows = {}};
  for (const Measured& claim : card.claims)
    table.rows.push_back({claim_cell(claim), paper_figure(claim), figure_text(claim.ours, ""),
                          bar_text(claim), mark(claim.verdict)});
  return table;
}

std::string verdict_summary(const RunCard& card) {
  const auto holds = count(card, Verdict::holds), fails = count(card, Verdict::fails);
  std::string text = fmt::format("{} hold{}", holds, holds == 1 ? "s" : "");
  if (fails > 0) text += fmt::format(", {} fail{}", fails, fails == 1 ? "s" : "");
  return text;
}

std::string card_line(const RunCard& card) {
  return fmt::format("{}, seed {}, {:.0f} s, {}, revision {}{}", card.scale, card.seed,
                     card.seconds, card.started.substr(0, 10), card.revision,
                     card.stopped ? ", stopped early" : "");
}

std::string by_line(const Paper& paper) {
  if (!paper.organisation.empty()) return paper.organisation;
  constexpr size_t kShown = 4;
  const size_t shown = paper.authors.size() <= kShown + 1 ? paper.authors.size() : kShown;
  const std::vector<std::string> names(paper.authors.begin(),
                                       paper.authors.begin() + static_cast<std::ptrdiff_t>(shown));
  const auto rest =
      std::max<int64_t>(paper.author_count, static_cast<int64_t>(paper.authors.size())) -
      static_cast<int64_t>(shown);
  const std::string list = fmt::format("{}", fmt::join(names, ", "));
  return rest > 0 ? fmt::format("{} and {} more", list, rest) : list;
}

std::string paper_text(const Paper& paper) {
  std::string out = wrapped(paper.title, "");
  out += wrapped(by_line(paper), "");
  out += fmt::format("arXiv {} · {} · {}", paper.arxiv, paper.published, paper.topic);
  if (!paper.code.empty()) out += " · code " + paper.code;
  return out + "\n\n" + wrapped(paper.summary, "");
}

std::string card_terminal(const RunCard& card) {
  std::string out = fmt::format("{}\n{}\n\n", card.title, card_line(card));
  out += claims_table(card).to_terminal(kWidth);
  for (const TextTable& table : card.tables) out += '\n' + table.to_terminal(kWidth);
  for (const Figure& figure : card.figures)
    out += '\n' + to_terminal(figure.plot) + wrapped(figure.caption, "  ");
  if (!card.notes.empty()) out += '\n';
  for (const std::string& note : card.notes) out += wrapped(note, "  ").replace(0, 1, "*");
  out += fmt::format("\n{}: {}, {:.0f} s, {:.0f} MiB, {}\n", card.slug, verdict_summary(card),
                     card.seconds, card.peak_memory_mib, card.machine);
  return out;
}

std::string card_markdown(const RunCard& card) {
  std::string out =
      fmt::format("## {}\n\narXiv {} · {}\n\n", card.title, card.arxiv, card_line(card));
  out += claims_table(card).to_markdown();
  for (const TextTable& table : card.tables) out += '\n' + table.to_markdown();
  if (!card.notes.empty()) out += '\n';
  for (const std::string& note : card.notes) out += "- " + note + '\n';
  return out;
}

}  // namespace offprint::papers
