#include "offprint/papers/card_text.h"

#include <doctest/doctest.h>

#include "offprint/papers/paper_json.h"
#include "offprint/papers/report.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard example() {
  RunCard card;
  card.slug = "toy", card.title = "A toy", card.scale = "quick", card.seed = 3;
  card.started = "2025-10-30T09:00:00Z", card.revision = "abc", card.seconds = 12.3;
  Measured m;
  m.id = "error", m.statement = "It errs little", m.unit = "%", m.paper = "2 %";
  m.ours = 2.5, m.bar = 3.0, m.direction = "at most", m.verdict = Verdict::holds;
  m.baseline = "AR 4 %", m.spread = "one seed";
  card.claims.push_back(m);
  m.id = "speed", m.statement = "It is fast", m.unit = "x", m.direction = "at least";
  m.ours = 1.5, m.bar = 2.0, m.verdict = Verdict::fails, m.confirmed = true, m.baseline = "";
  card.claims.push_back(m);
  m.id = "big", m.statement = "It scales", m.paper = "none", m.spread = "", m.unit = "";
  m.ours.reset(), m.bar.reset(), m.verdict = Verdict::not_at_this_scale;
  card.claims.push_back(m);
  return card;
}

}  // namespace

TEST_CASE("claims table: paper's figure, ours, our bar and the verdict, by hand") {
  CHECK(claims_table(example()).to_terminal() ==
        "claim                           paper  ours  our bar  verdict\n"
        "──────────────────  ─────────────────  ────  ───────  ──────────\n"
        "It errs little [%]  2 % (unconfirmed)   2.5      ≤ 3  ✓ holds\n"
        "AR 4 %\n"
        "one seed\n"
        "\n"
        "It is fast [x]                    2 %   1.5      ≥ 2  ✗ FAILS\n"
        "one seed\n"
        "\n"
        "It scales                           –     –        –  · not at\n"
        "                                                      this scale\n");
}

TEST_CASE("card: one line says what holds, one how it was made") {
  RunCard card = example();
  CHECK(verdict_summary(card) == "1 holds, 1 fails");
  CHECK(card_line(card) == "quick, seed 3, 12 s, 2025-10-30, revision abc");
  card.stopped = true;
  CHECK(card_line(card).ends_with(", stopped early"));
  CHECK(figure_text(0.5, "s") == "0.5 s");
  CHECK(figure_text(std::nullopt, "s") == "–");
}

TEST_CASE("card: everything on it is in the terminal's text and in Markdown") {
  RunCard card = example();
  card.tables = {{"Errors", {"who"}, {{"we"}}}};
  Plot plot;
  plot.title = "A plot", plot.lines = {{.label = "we", .x = {1, 2}, .y = {1, 2}}};
  card.figures = {{"Rises.", plot}};
  card.notes = {"a note"};
  const std::string terminal = card_terminal(card), markdown = card_markdown(card);
  for (const char* part : {"A toy", "It errs little", "Errors", "A plot", "Rises.", "* a note"})
    CHECK_MESSAGE(terminal.find(part) != std::string::npos, part);
  for (const char* part : {"## A toy", "| It is fast [x]<br>one seed |", "**Errors**", "- a note"})
    CHECK_MESSAGE(markdown.find(part) != std::string::npos, part);
}

TEST_CASE("by line: few names are all named, many are counted, an organisation stands for all") {
  Paper paper;
  paper.authors = {"A", "B", "C", "D", "E"}, paper.author_count = 5;
  CHECK(by_line(paper) == "A, B, C, D, E");
  paper.author_count = 127;
  CHECK(by_line(paper) == "A, B, C, D, E and 122 more");
  paper.authors.push_back("F");
  CHECK(by_line(paper) == "A, B, C, D and 123 more");
  paper.organisation = "OpenBMB";
  CHECK(by_line(paper) == "OpenBMB");
}

TEST_CASE("paper as JSON: claims with their bars, verdicts where something was measured") {
  const Paper& paper = find_paper("s4d");
  const Json unmeasured = to_json(paper);
  CHECK(unmeasured["runs"] == true);
  CHECK(unmeasured["claims"].size() == paper.claims().size());
  CHECK(unmeasured["claims"][0]["bars"].contains("standard"));
  CHECK(unmeasured["verdicts"].is_null());
  CHECK(to_json(paper, example())["verdicts"] ==
        Json({{"holds", 1}, {"fails", 1}, {"not at this scale", 1}}));
}

TEST_CASE("report: counts over the best cards, every paper in its row") {
  Report report = make_report(CardShelf("/nowhere"));
  CHECK(report.entries.size() == 41);
  CHECK(report_line(report) == "0 of 41 papers measured: 0 claims hold, 0 fail");
  report.entries[0].card = example();
  CHECK(report_line(report) == "1 of 41 papers measured: 1 claim holds, 1 fails");
  CHECK(overview(report).rows.size() == 41);
  CHECK(overview(report).rows[0][2] == "1 holds, 1 fails");
  report.problems = {"x.json: broken"};
  const std::string markdown = to_markdown(report);
  CHECK(markdown.starts_with("# What holds up\n\n1 of 41"));
  CHECK(markdown.find("No card: x.json: broken") != std::string::npos);
  CHECK(to_json(report)["cards"].size() == 1);
}
