// HiPPO at quick scale: bases, reconstructions and the timescale law, as `offprint run hippo` gives
// them.
#include <doctest/doctest.h>

#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard quick_run(uint64_t seed, const Json& options = Json::object(),
                  const std::string& data = "") {
  return card_of("hippo", {.seed = seed, .data = data, .options = options});
}

// What is measured and drawn, but for speeds.
std::string lasting(const RunCard& card) {
  std::string text;
  for (const Measured& m : card.claims)
    if (m.id != "structured-speed") text += fmt::format("{} {}\n", m.id, m.ours.value_or(-1));
  for (const TextTable& table : card.tables) text += table.to_markdown();
  for (const Figure& figure : card.figures) text += json_text(to_json(figure.plot));
  return text;
}

const Json kFew = {{"seeds", 1},          {"window", 200},    {"order", 16},
                   {"train-steps", 2},    {"train-seeds", 1}, {"delay-lag", 20},
                   {"delay-length", 100}, {"delay-order", 8}};

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("HiPPO quick: every bar is met but the one that LegT's last entry cannot meet") {
    const RunCard card = quick_run(1);
    for (const Measured& m : card.claims) {
      CAPTURE(m.id);
      CAPTURE(m.ours.value_or(-1));
      CHECK((m.verdict == Verdict::fails) == (m.id == "state-variance-each"));
    }
    CHECK(count(card, Verdict::holds) == 15);
    CHECK(!find_claim(card, "state-variance-each").note.empty());
    CHECK(card.figures.size() >= 10);
    CHECK(card.tables.size() >= 5);
  }
}

TEST_CASE("HiPPO: the same seed gives the same numbers and figures, another seed others") {
  const std::string once = lasting(quick_run(2, kFew, "/nowhere"));
  CHECK(once == lasting(quick_run(2, kFew, "/nowhere")));
  CHECK(once != lasting(quick_run(3, kFew, "/nowhere")));
}

TEST_CASE("HiPPO: without ETTh1 a generated series stands in, and the card says so") {
  const RunCard card = quick_run(2, kFew, "/nowhere");
  CHECK(card.notes.front().find("a generated series") != std::string::npos);
  CHECK(find_claim(card, "scaled-legs-best").verdict == Verdict::holds);
}

TEST_CASE("HiPPO: options that make no sense are one line") {
  CHECK_THROWS_WITH_AS(quick_run(1, {{"order", 12}}), "order: 12, expected a multiple of 8", Error);
  CHECK_THROWS_AS(quick_run(1, {{"seeds", 0}}), Error);
  CHECK_THROWS_AS(quick_run(1, {{"oder", 64}}), Error);
}
