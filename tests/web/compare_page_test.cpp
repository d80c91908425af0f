// Two runs side by side, through a real server.
#include "offprint/web/compare_page.h"

#include <doctest/doctest.h>

#include "offprint/core/json.h"
#include "tests/web/running_server.h"

using namespace offprint;

namespace {

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

papers::RunCard card(const std::string& slug, uint64_t seed, double ours, papers::Verdict verdict) {
  papers::RunCard c;
  c.slug = slug, c.title = "A <paper>", c.scale = "quick", c.seed = seed;
  c.started = "2025-11-01T00:00:00Z", c.options = {{"lr", 0.1 * static_cast<double>(seed)}};
  papers::Measured claim;
  claim.id = "x", claim.statement = "error of <x>", claim.ours = ours, claim.unit = "s";
  claim.verdict = verdict, claim.direction = "at most", claim.kind = "trend", claim.bar = 2;
  c.claims = {claim};
  Plot plot;
  plot.title = "loss", plot.lines = {{.label = "l", .x = {1, 2}, .y = {1, ours}}};
  c.figures = {{"Falls.", plot}};
  return c;
}

struct Compared : RunningServer {
  int64_t first = 0, second = 0, other = 0;
  Compared() : RunningServer("compare") {
    first = add_run(card("s4d", 1, 1, papers::Verdict::holds));
    second = add_run(card("s4d", 2, 3, papers::Verdict::fails));
    other = add_run(card("hippo", 1, 1, papers::Verdict::holds));
  }
};
const Compared& running() {
  static const Compared one;
  return one;
}

}  // namespace

TEST_CASE("compare: claims, what differs and figures of two runs on one page") {
  const std::string page = running().body(web::compare_path(running().first, running().second));
  CHECK(holds(page, "error of &lt;x&gt;"));
  CHECK(holds(page, "data-label=\"A\">1 s<"));
  CHECK(holds(page, "data-label=\"B\">3 s<"));
  CHECK(holds(page, "+2, A is better"));
  CHECK(holds(page, "✓ holds</span> → <span class=\"fails\">✗ fails"));
  CHECK(holds(page, "Verdicts that differ: 1 of 1."));
  CHECK(holds(page, "<th scope=\"row\">lr</th><td>0.1</td><td>0.2</td>"));
  size_t figures = 0;
  for (size_t at = 0; (at = page.find("<svg", at)) != page.npos; ++at) ++figures;
  CHECK(figures == 2);
}

TEST_CASE("compare: the same as JSON; a run with itself differs nowhere") {
  const auto json = [](int64_t a, int64_t b) {
    return parse_json(running().body("/api" + web::compare_path(a, b)), "comparison");
  };
  const Json two = json(running().first, running().second);
  CHECK(two["claims"][0]["difference"] == 2.0);
  CHECK(two["claims"][0]["better"] == "a");
  CHECK(two["settings"].size() == 2);  // seed, lr
  const Json one = json(running().first, running().first);
  CHECK(one["settings"].empty());
  CHECK(one["claims"][0]["better"] == "equal");
}

TEST_CASE("compare: what cannot be compared is one sentence") {
  CHECK(holds(running().body(web::compare_path(running().first, running().other), 400),
              "cards of &#39;s4d&#39; and &#39;hippo&#39;, expected two of one paper"));
  CHECK(holds(running().body(web::compare_path(running().first, 999), 404),
              "There is no run 999 with a card."));
  CHECK(holds(running().body("/runs/compare?a=1", 400), "Choose two runs of one paper"));
  CHECK(holds(running().body("/runs/compare?a=1&b=x", 400), "expected a whole number"));
}

TEST_CASE("compare: offered where runs are listed and on a run's own page") {
  const std::string list = running().body("/runs");
  CHECK(holds(list, "action=\"/runs/compare\""));
  CHECK(holds(list, fmt::format("name=\"a\" value=\"{}\"", running().first)));
  const std::string run = running().body(fmt::format("/runs/{}", running().second));
  CHECK(holds(run, fmt::format("/runs/compare?a={}&amp;b={}", running().first, running().second)));
  CHECK(!holds(running().body(fmt::format("/runs/{}", running().other)), "Compare with"));
}
