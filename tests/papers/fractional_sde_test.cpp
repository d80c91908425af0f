// fractional-sde at quick scale with less learning, as `offprint run fractional-sde` gives it.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/fractional_sde/bridge.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::fractional_sde;

namespace {

RunCard quick_run(Json options) {
  RunRequest request;
  request.options = std::move(options);
  return card_of("fractional-sde", request);
}

}  // namespace

TEST_CASE("fractional-sde: the bridge's prior is the Ornstein-Uhlenbeck process at H 1/2") {
  const Tensor c = bridge_covariance(0.5, 1.5, 2, 40);
  const auto exact = [](double s, double t) {
    return (std::exp(-1.5 * (t - s)) - std::exp(-1.5 * (t + s))) / 3;
  };
  CHECK(c[40][40].item<double>() == doctest::Approx(exact(2, 2)).epsilon(1e-3));
  CHECK(c[10][30].item<double>() == doctest::Approx(exact(0.5, 1.5)).epsilon(1e-3));
  CHECK(c[0][30].item<double>() == 0);
}

TEST_CASE("fractional-sde: the best control of the Markov model is the true posterior nearly") {
  Progress progress;
  for (const double hurst : {0.3, 0.7}) {
    CAPTURE(hurst);
    const Bridge b =
        run_bridge(hurst, {.train_steps = 3, .paths = 8, .judged_paths = 50}, Rng(1), progress);
    CHECK(b.guided_mean_error < 0.02);
    CHECK(b.guided_variance_error < 0.03);
    CHECK(b.bound < b.evidence);  // whatever little was learnt
    CHECK(b.true_deviation.back() < 0.11);
  }
}

TEST_SUITE("paper") {
  TEST_CASE("fractional-sde quick, one bridge's worth of learning: what holds") {
    const RunCard card = quick_run({{"bridge-steps", 150}});
    for (const Measured& claim : card.claims) {
      CAPTURE(claim.id);
      if (claim.id.starts_with("bridge")) continue;  // needs the steps of a whole quick run
      if (claim.id == "paths") continue;             // times, which a busy machine bends
      // Quick runs train no video; the card says so instead of judging.
      const bool video = claim.id.starts_with("video");
      CHECK(claim.verdict == (video ? Verdict::not_at_this_scale : Verdict::holds));
    }
    CHECK(card.figures.size() >= 5);
  }
}

TEST_CASE("fractional-sde: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run({{"seeds", 0}}), "--seeds: 0, expected a positive number");
}
