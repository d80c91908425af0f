// monotone-dbm at quick scale with fewer epochs, as `offprint run monotone-dbm` gives it.
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/data/digits.h"
#include "offprint/papers/monotone_dbm/identities.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::monotone_dbm;

namespace {

RunCard quick_run(uint64_t seed, Json options) {
  RunRequest request;
  request.seed = seed, request.options = std::move(options);
  return card_of("monotone-dbm", request);
}

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("monotone-dbm quick, shortened: theorems hold, the wider cap completes better") {
    const RunCard card = quick_run(1, {{"fill-epochs", 8},
                                       {"rival-epochs", 8},
                                       {"prox-groups", 200},
                                       {"small-models", 4},
                                       {"speed-repeats", 1}});
    for (const std::string id :
         {"one-mean-field", "plain-fails", "prox-kkt", "gradients", "exact"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    if (!data::find_digits()) {
      MESSAGE("digits skipped: they are not here, ./start installs them");
      return;
    }
    for (const std::string id : {"monotone", "wider", "iterations"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
  }
}

TEST_CASE("monotone-dbm: a machine of the mean-field kind is one point, a free one is not") {
  Rng rng(2);
  const models::MonotoneDbm m =
      models::make_monotone_dbm(std::vector<int64_t>(12, 2), {.rank = 24, .hidden = 4}, rng);
  CHECK(start_gap(m, 20, Rng(1)).ours < 1e-6);
  const Ends ends = plain_ends(m, 20, Rng(1));
  CHECK(ends.fixed_points + ends.cycles + ends.unsettled >= 1);
  CHECK(ends.changes.size() == 5);
}

TEST_CASE("monotone-dbm: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run(1, {{"levels", 1}}), "--levels: 1, expected 2 to 16");
  CHECK_THROWS_WITH(quick_run(1, {{"curvature", 1.5}}),
                    "--curvature: 1.5, the recipe runs both 1 and 2");
  CHECK_THROWS_AS(quick_run(1, {{"starts", 1}}), Error);
}
