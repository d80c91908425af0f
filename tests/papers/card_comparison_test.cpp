#include "offprint/papers/card_comparison.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::papers;
using Better = CardComparison::Better;

namespace {

Measured claim(const std::string& id, std::optional<double> ours, Verdict verdict,
               const std::string& direction = "at most") {
  Measured m;
  m.id = id, m.statement = "Claim " + id, m.ours = ours, m.verdict = verdict;
  m.direction = direction, m.kind = "trend", m.unit = "s";
  return m;
}

RunCard card(uint64_t seed, Json options, std::vector<Measured> claims) {
  RunCard c;
  c.slug = "s4d", c.title = "S4D", c.scale = "quick", c.seed = seed;
  c.options = std::move(options), c.claims = std::move(claims);
  return c;
}

Figure figure(const std::string& title) {
  Plot plot;
  plot.title = title;
  return {"caption", plot};
}

}  // namespace

TEST_CASE("comparison: figures of claims, which is better, and verdicts that changed") {
  const RunCard a = card(
      1, {},
      {claim("x", 3, Verdict::holds), claim("y", 0.5, Verdict::fails, "at least"),
       claim("z", std::nullopt, Verdict::not_at_this_scale), claim("gone", 1, Verdict::holds)});
  const RunCard b =
      card(1, {},
           {claim("y", 0.75, Verdict::holds, "at least"), claim("x", 3.5, Verdict::holds),
            claim("z", 7, Verdict::fails), claim("new", NAN, Verdict::fails)});
  const CardComparison c = compare(a, b);
  REQUIRE(c.claims.size() == 5);
  CHECK(c.claims[0].either().id == "x");
  CHECK(c.claims[0].difference == 0.5);
  CHECK(c.claims[0].better == Better::a);  // less is good
  CHECK(!c.claims[0].changed);
  CHECK(c.claims[1].difference == 0.25);
  CHECK(c.claims[1].better == Better::b);  // more is good
  CHECK(c.claims[1].changed);
  CHECK(!c.claims[2].difference);
  CHECK(c.claims[2].changed);
  CHECK(!c.claims[3].b);
  CHECK(!c.claims[3].changed);
  CHECK(c.claims[4].either().id == "new");
  CHECK(changed_verdicts(c) == 2);
  CHECK(difference_text(c.claims[0]) == "+0.5, A is better");
  CHECK(difference_text(c.claims[2]) == "–");
}

TEST_CASE("comparison: settings that differ, options of one run alone among them") {
  RunCard a = card(1, {{"lr", 0.1}, {"steps", 300}, {"old", true}}, {});
  RunCard b = card(2, {{"steps", 300}, {"lr", 0.2}, {"init", "legs"}}, {});
  b.scale = "standard";
  std::string all;
  for (const auto& setting : compare(a, b).settings)
    all += fmt::format("{} {} {}; ", setting.name, setting.a, setting.b);
  CHECK(all == "scale quick standard; seed 1 2; lr 0.1 0.2; old true –; init – legs; ");
  b = a;
  CHECK(compare(a, b).settings.empty());
}

TEST_CASE("comparison: figures of one title stand next to each other") {
  RunCard a = card(1, {}, {}), b = a;
  a.figures = {figure("loss"), figure("loss"), figure("only a")};
  b.figures = {figure("only b"), figure("loss"), figure("loss")};
  const auto pairs = compare(a, b).figures;
  REQUIRE(pairs.size() == 4);
  CHECK((pairs[0].a && pairs[0].b && pairs[1].a && pairs[1].b));
  CHECK((pairs[2].a && !pairs[2].b));
  CHECK((!pairs[3].a && pairs[3].b->plot.title == "only b"));
}

TEST_CASE(
    "comparison: a card with itself has no difference; other papers' cards have none to find") {
  const RunCard a = card(1, {}, {claim("x", 3, Verdict::holds), claim("y", NAN, Verdict::fails)});
  const CardComparison same = compare(a, a);
  CHECK(changed_verdicts(same) == 0);
  CHECK(same.claims[0].better == Better::equal);
  CHECK(comparison_line(same) == "Verdicts that differ: 0 of 2. Equal figures: 1.");
  RunCard other = a;
  other.slug = "hippo";
  CHECK_THROWS_WITH_AS(compare(a, other),
                       "compare: cards of 's4d' and 'hippo', expected two of one paper", Error);
}

TEST_CASE("comparison: as JSON with null for what is not, as tables with a dash") {
  const RunCard a = card(1, {}, {claim("x", 3, Verdict::holds)}),
                b = card(2, {}, {claim("x", std::nullopt, Verdict::not_at_this_scale)});
  const Json json = to_json(compare(a, b));
  CHECK(json["settings"] == Json::array({{{"name", "seed"}, {"a", "1"}, {"b", "2"}}}));
  CHECK(json["claims"][0]["a"] == 3.0);
  CHECK(json["claims"][0]["b"].is_null());
  CHECK(json["claims"][0]["better"].is_null());
  CHECK(json["claims"][0]["verdict_b"] == "not at this scale");
  CHECK(json["claims"][0]["changed"] == true);
  const auto tables = comparison_tables(compare(a, b));
  REQUIRE(tables.size() == 2);
  CHECK(tables[1].rows[0] ==
        std::vector<std::string>{"Claim x [s]", "3", "–", "–", "holds → not at this scale"});
}
