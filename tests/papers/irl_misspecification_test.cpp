// irl-misspecification at quick scale with fewer processes, as `offprint run` gives it.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/papers/irl_misspecification/witnesses.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::irl_misspecification;

namespace {

RunCard quick_run(Json options) {
  RunRequest request;
  request.options = std::move(options);
  return card_of("irl-misspecification", request);
}

}  // namespace

TEST_CASE("irl-misspecification: the printed witness can be checked by hand") {
  const TextTable table = discount_witness(0.91, 0.90);
  REQUIRE(table.rows.size() == 4);
  // Two rooms, "stay" and "go": soft values by a thousand sweeps over the printed numbers.
  const auto policy = [&](size_t column, double discount) {
    double v[2] = {0, 0}, q[2][2] = {};
    for (int sweep = 0; sweep < 3000; ++sweep) {
      for (size_t s = 0; s < 2; ++s)
        for (size_t a = 0; a < 2; ++a)
          q[s][a] = std::stod(table.rows[2 * s + a][column]) + discount * v[a == 0 ? s : 1 - s];
      for (size_t s = 0; s < 2; ++s) v[s] = std::log(std::exp(q[s][0] - q[s][1]) + 1) + q[s][1];
    }
    return std::vector<double>{std::exp(q[0][0] - v[0]), std::exp(q[1][0] - v[1])};
  };
  const std::vector<double> held = policy(4, 0.91), inferred = policy(5, 0.90);
  for (size_t s = 0; s < 2; ++s) {
    CHECK(held[s] == doctest::Approx(inferred[s]).epsilon(1e-4));
    CHECK(held[s] == doctest::Approx(std::stod(table.rows[2 * s][6])).epsilon(1e-4));
  }
}

TEST_CASE("irl-misspecification: the behaviour of a witness is not the uniform one") {
  const TextTable table = discount_witness(0.91, 0.90);
  bool prefers = false;
  for (const auto& row : table.rows) prefers |= std::abs(std::stod(row[6]) - 0.5) > 0.05;
  CHECK(prefers);
}

TEST_SUITE("paper") {
  TEST_CASE("irl-misspecification quick, fewer processes: all holds but for times") {
    const RunCard card = quick_run({{"draws", 1000},
                                    {"condition-trials", 1000},
                                    {"witnesses", 10},
                                    {"recovery-processes", 6},
                                    {"recovery-seeds", 4},
                                    {"processes", 20},
                                    {"speed-processes", 4},
                                    {"speed-repeats", 1}});
    for (const Measured& claim : card.claims) {
      CAPTURE(claim.id);
      REQUIRE(claim.ours);
      CAPTURE(*claim.ours);
      if (claim.id == "solver") continue;  // times, which a busy machine bends
      CHECK(claim.verdict == Verdict::holds);
    }
    CHECK(card.figures.size() >= 5);
  }
}

TEST_CASE("irl-misspecification: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run({{"draws", 0}}), "--draws: 0, expected a positive number");
}
