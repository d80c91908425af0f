#include "offprint/papers/run_card.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "offprint/core/error.h"
#include "offprint/papers/paper.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::tests;
using namespace offprint::papers;

namespace {

Claim claim_at_most(double quick) {
  Claim c;
  c.id = "error", c.statement = "It errs little", c.paper = "2 %", c.unit = "%";
  c.source = "table 1", c.setting = "small", c.confirmed = true;
  c.direction = Direction::at_most, c.kind = ClaimKind::headline;
  c.quick = quick;
  return c;
}

RunCard example_card() {
  RunCard card;
  card.slug = "echo", card.title = "Echo \"states\"", card.arxiv = "0000.00001";
  card.scale = "quick", card.seed = 18446744073709551615u, card.revision = "abc";
  card.started = "2025-10-30T09:00:00Z", card.machine = "a machine", card.device = "cpu";
  card.seconds = 1.5, card.peak_memory_mib = 100.25;
  card.options = {{"seeds", 3}, {"lr", 0.1}};
  judge_all(card, {claim_at_most(3.0)}, {{"error", {2.5, "AR 4 %", "one seed", "a note"}}});
  card.tables = {{"Errors", {"who", "error"}, {{"we", "2.5"}, {"they", "4"}}}};
  Plot plot;
  plot.title = "Errors", plot.x_label = "step",
  plot.lines = {{.label = "we", .x = {1, 2}, .y = {3, 4}}};
  card.figures = {{"Falls.", plot}};
  card.notes = {"scaled down"};
  return card;
}

std::string message_of(const Json& card) {
  try {
    card_from_json(card, "card.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("judge: a bar is met on its side and at equality, NaN never meets it") {
  const auto verdict = [](const Claim& claim, double ours) {
    return judge(claim, "quick", Measurement{ours, "", "", ""}).verdict;
  };
  Claim claim = claim_at_most(3.0);
  CHECK(verdict(claim, 3.0) == Verdict::holds);
  CHECK(verdict(claim, 3.1) == Verdict::fails);
  CHECK(verdict(claim, std::nan("")) == Verdict::fails);
  claim.direction = Direction::at_least;
  CHECK(verdict(claim, 3.0) == Verdict::holds);
  CHECK(verdict(claim, 2.9) == Verdict::fails);
}

TEST_CASE("judge: without a bar or a measurement there is no verdict, the measurement stays") {
  const Claim claim = claim_at_most(3.0);
  const Measured no_bar = judge(claim, "standard", Measurement{2.0, "", "", ""});
  CHECK(no_bar.verdict == Verdict::not_at_this_scale);
  CHECK(no_bar.ours == 2.0);
  const Measured unmeasured = judge(claim, "quick", std::nullopt);
  CHECK(unmeasured.verdict == Verdict::not_at_this_scale);
  CHECK(unmeasured.bar == 3.0);
  CHECK(unmeasured.note == "not measured in this run, see the notes");
  CHECK(judge(claim, "standard", std::nullopt).note.empty());
}

TEST_CASE("run card: written as JSON and read back it is the same") {
  const Json json = to_json(example_card());
  CHECK(json_text(to_json(card_from_json(json, "card.json"))) == json_text(json));
  const RunCard card = card_from_json(json, "card.json");
  CHECK(card.seed == 18446744073709551615u);
  CHECK(card.claims.at(0).verdict == Verdict::holds);
  CHECK(card.claims.at(0).ours == 2.5);
  CHECK(card.tables.at(0).rows.at(1).at(1) == "4");
  CHECK(card.figures.at(0).plot.lines.at(0).y.at(1) == 4);
}

TEST_CASE("run card: what breaks the schema is one line that names it") {
  const Json good = to_json(example_card());
  const auto with = [&](auto change) {
    Json card = good;
    change(card);
    return message_of(card);
  };
  CHECK(message_of(Json::array()) == "card.json: a list, expected a run card");
  CHECK(with([](Json& c) { c.erase("seed"); }) == "card.json: 'seed' is missing");
  CHECK(with([](Json& c) { c["seed"] = -1; }) == "card.json: 'seed' is -1, out of range");
  CHECK(with([](Json& c) { c["schema"] = "x"; }) ==
        "card.json: schema 'x', expected 'offprint-run-card-1'");
  CHECK(with([](Json& c) { c["scale"] = "huge"; }) ==
        "no scale 'huge', expected quick, standard or full");
  CHECK(with([](Json& c) { c["claims"][0]["verdict"] = "maybe"; }) ==
        "card.json: verdict 'maybe', expected holds, fails or not at this scale");
  CHECK(with([](Json& c) { c["claims"] = 1; }) ==
        "card.json: 'claims' is a number, expected an array");
  CHECK(with([](Json& c) { c["tables"][0]["rows"][0] = {"one"}; }) ==
        "card.json: table 'Errors': a row of 1 cells, expected 2");
}

TEST_CASE("run card: the published schema names exactly the members a card has") {
  const Json schema = read_json(source_folder() / "docs/run-card.schema.json");
  const auto compare = [](const Json& object, const Json& described) {
    std::set<std::string> ours, theirs, required;
    for (const auto& [key, value] : object.items()) ours.insert(key);
    for (const auto& [key, value] : described["properties"].items()) theirs.insert(key);
    for (const Json& key : described["required"]) required.insert(key.get<std::string>());
    CHECK(ours == theirs);
    CHECK(ours == required);
  };
  const Json card = to_json(example_card());
  compare(card, schema);
  compare(card["claims"][0], schema["properties"]["claims"]["items"]);
  compare(card["tables"][0], schema["properties"]["tables"]["items"]);
  compare(card["figures"][0], schema["properties"]["figures"]["items"]);
}
