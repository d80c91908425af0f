// S4D at quick scale: the identities, the theorem and the delay task, as `offprint run s4d` gives
// them.
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/tensor.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard quick_run(uint64_t seed, const Json& options = Json::object()) {
  return card_of("s4d", {.seed = seed, .options = options});
}

// The card but for what differs from run to run.
std::string lasting(RunCard card) {
  card.seconds = card.peak_memory_mib = 0;
  card.started = card.machine = "";
  return json_text(to_json(card));
}

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("S4D quick: nothing fails, and what is no bar at this scale says so") {
    const RunCard card = quick_run(1);
    for (const Measured& claim : card.claims) {
      CAPTURE(claim.id);
      CAPTURE(claim.ours.value_or(-1));
      CHECK(claim.verdict != Verdict::fails);
    }
    CHECK(count(card, Verdict::holds) >= 9);
    CHECK(card.figures.size() >= 5);
    CHECK(card.tables.size() >= 1);
    CHECK(!card.notes.empty());
  }
}

TEST_CASE("S4D: the same seed gives the same card, another seed another") {
  const Json few = {{"delay-steps", 4}, {"delay-length", 128}, {"delay-lag", 10}};
  const std::string once = lasting(quick_run(2, few));
  CHECK(once == lasting(quick_run(2, few)));
  CHECK(once != lasting(quick_run(3, few)));
}

TEST_CASE("S4D: one thread and two measure the same to 1e-6") {
  const Json few = {{"delay-steps", 4}, {"delay-length", 128}, {"delay-lag", 10}};
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const RunCard one = quick_run(2, few);
  at::set_num_threads(2);
  const RunCard two = quick_run(2, few);
  at::set_num_threads(before);
  for (size_t i = 0; i < one.claims.size(); ++i) {
    if (!one.claims[i].ours || one.claims[i].kind == "identity") continue;  // rounding itself
    CAPTURE(one.claims[i].id);
    CHECK(*one.claims[i].ours == doctest::Approx(*two.claims[i].ours).epsilon(1e-6));
  }
}

TEST_CASE("S4D: an option it does not have is one line, and so is a size of zero") {
  CHECK_THROWS_AS(quick_run(1, {{"delay-stops", 4}}), Error);
  CHECK_THROWS_WITH(quick_run(1, {{"delay-steps", 0}}),
                    "--delay-steps: 0, expected a positive number");
}
