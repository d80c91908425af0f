#include "offprint/web/card_view.h"

#include <doctest/doctest.h>

#include "offprint/papers/report.h"
#include "offprint/web/report_page.h"

using namespace offprint;

namespace {

papers::RunCard example() {
  papers::RunCard card;
  card.slug = "s4d", card.title = "A <b>title</b>", card.scale = "quick";
  papers::Measured m;
  m.statement = "It <i>errs</i> little", m.paper = "2 %", m.unit = "%", m.ours = 3.5, m.bar = 3;
  m.direction = "at most", m.verdict = papers::Verdict::fails, m.note = "tried <script>";
  card.claims = {m};
  m.verdict = papers::Verdict::holds, m.confirmed = true;
  card.claims.push_back(m);
  Plot plot;
  plot.title = "A <plot>", plot.lines = {{.label = "we", .x = {1, 2}, .y = {1, 2}}};
  card.figures = {{"It <rises>.", plot}};
  card.tables = {{"T", {"a"}, {{"<td>"}}}};
  card.notes = {"scaled <down>"};
  return card;
}

bool holds(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("card view: all of the card, nothing of it as markup") {
  const std::string html = web::card_view(example()).markup();
  for (const char* part : {"It &lt;i&gt;errs", "2 % (unconfirmed)", "3.5 %", "≤ 3", "✗ fails",
                           "✓ holds", "class=\"failing\"", "tried &lt;script&gt;", "<svg",
                           "It &lt;rises&gt;.", "&lt;td&gt;", "scaled &lt;down&gt;"})
    CHECK_MESSAGE(holds(html, part), part);
  CHECK(!holds(html, "<script>"));
  const std::string badge = web::verdicts_view(example()).markup();
  CHECK(holds(badge, "1 holds"));
  CHECK(holds(badge, "1 fails"));
}

TEST_CASE("card view: what was judged stands before what this scale leaves open") {
  papers::RunCard card = example();
  papers::Measured open = card.claims[0];
  open.statement = "needs days", open.verdict = papers::Verdict::not_at_this_scale;
  card.claims.insert(card.claims.begin(), open);
  const std::string html = web::claims_view(card).markup();
  const size_t divider = html.find("Not measured at quick scale");
  REQUIRE(divider != html.npos);
  CHECK(html.find("errs") < divider);
  CHECK(html.find("needs days") > divider);
  // With nothing judged there is nothing to divide.
  card.claims = {open};
  CHECK(!holds(web::claims_view(card).markup(), "Not measured at"));
}

TEST_CASE("report page: measured papers first, then those that run, then the rest") {
  papers::Report report = papers::make_report(papers::CardShelf("/nowhere"));
  report.entries[38].card = example();
  REQUIRE(report.entries[38].paper->slug == "s4d");
  const std::string view = web::report_view(report, true).markup();
  const size_t measured = view.find("/papers/s4d"), runs = view.find("/papers/hippo");
  CHECK(measured < runs);
  CHECK(runs < view.find("does not run yet"));
}

TEST_CASE("report page: alone it carries its style and its cards, and links to nothing outside") {
  papers::Report report = papers::make_report(papers::CardShelf("/nowhere"));
  report.entries[38].card = example();
  REQUIRE(report.entries[38].paper->slug == "s4d");
  const std::string page = web::report_page(report);
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(holds(page, "<style>"));
  CHECK(holds(page, "1 of 41 papers measured: 1 claim holds, 1 fails."));
  CHECK(holds(page, "href=\"#s4d\""));
  CHECK(holds(page, "id=\"s4d\""));
  CHECK(!holds(page, "<link"));
  CHECK(!holds(page, "href=\"/"));
}
