#include "offprint/tasks/confidence.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// Right the more often the larger the margin; other signals are noise.
std::vector<SignalCase> drawn(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<SignalCase> out;
  for (int64_t i = 0; i < count; ++i) {
    SignalCase c;
    c.signals.log_p = -rng.uniform(), c.signals.margin = rng.uniform();
    c.signals.likeness = rng.uniform();
    c.right = rng.uniform() < 1 / (1 + std::exp(3 - 8 * c.signals.margin));
    out.push_back(c);
  }
  return out;
}

}  // namespace

TEST_CASE("confidence: signals of an answer are those of its least sure decision") {
  Generated g;
  g.text = "a";
  g.decisions = {{.log_p = -0.1, .entropy = 0.2, .margin = 0.8, .kept = -0.5},
                 {.log_p = -1, .entropy = 0.9, .margin = 0.1, .kept = -0.01}};
  const CallSignals s = signals_of(g, {"a", "b", "a", "a"});
  CHECK(s.log_p == doctest::Approx(-1.1));
  CHECK(s.least == -1);
  CHECK(s.certainty == -0.9);
  CHECK(s.margin == 0.1);
  CHECK(s.kept == -0.5);
  CHECK(s.agreement == 0.75);
  CHECK(signals_of({}, {}).margin == 1);
}

TEST_CASE("confidence: fitted on some cases it is honest on others") {
  const ConfidenceModel m = fit_confidence(drawn(600, 1));
  std::vector<Judged> fresh;
  for (const SignalCase& c : drawn(3000, 2)) fresh.push_back({m(c.signals), c.right});
  CHECK(expected_calibration_error(reliability(fresh, 10)) < 0.05);
  CHECK(area_under_roc(fresh) > 0.85);
  const ConfidenceModel again = confidence_from_json(to_json(m), "m.json");
  CHECK(again({.margin = 0.3}) == m({.margin = 0.3}));
}

TEST_CASE("confidence: what cannot be fitted or read is one line") {
  auto cases = drawn(20, 3);
  for (SignalCase& c : cases) c.right = true;
  CHECK_THROWS_WITH(fit_confidence(cases),
                    "confidence: cases are all right, expected some of both kinds");
  cases.resize(5);
  CHECK_THROWS_WITH(fit_confidence(cases),
                    "confidence: 5 cases in 5 folds, expected at least two a fold");
  Json json = to_json(fit_confidence(drawn(50, 4)));
  json["mean"] = {1, 2};
  CHECK_THROWS_WITH(confidence_from_json(json, "m.json"),
                    "m.json: 'mean' has 2 numbers, expected 7");
}
