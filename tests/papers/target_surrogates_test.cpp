// target-surrogates at quick scale, shortened, as `offprint run target-surrogates` gives it.
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/papers/target_surrogates/descents.h"
#include "offprint/papers/target_surrogates/races.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::target_surrogates;

namespace {

RunCard quick_run(uint64_t seed, Json options) {
  RunRequest request;
  request.seed = seed, request.options = std::move(options);
  return card_of("target-surrogates", request);
}

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("target-surrogates quick, shortened: bound, identities, descent, rates, fewer calls") {
    const RunCard card = quick_run(1, {{"points", 2000},
                                       {"descent-steps", 24},
                                       {"stationary", 400},
                                       {"examples", 200},
                                       {"seeds", 1},
                                       {"most-calls", 60},
                                       {"imitation-rounds", 6},
                                       {"imitation-seeds", 1},
                                       {"imitation-inner", 20}});
    for (const std::string id : {"bound", "steep", "sgd-step", "descent", "linear-rate"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    CHECK(*find_claim(card, "calls").ours >= 2);
    CHECK(*find_claim(card, "neighbourhood").ours < 0.4);
  }
}

TEST_CASE("target-surrogates: rows have the condition that is asked for, sparse ones length one") {
  const Tensor X = conditioned_rows(4000, 6, 400, Rng{1});
  const Tensor spread = std::get<0>(at::linalg_eigh(X.t().matmul(X) / 4000.0));
  CHECK(spread[5].item<double>() / spread[0].item<double>() == doctest::Approx(400).epsilon(0.1));
  const Tensor sparse = sparse_rows(200, 300, 0.05, Rng{2});
  CHECK((sparse != 0).to(at::kDouble).mean().item<double>() == doctest::Approx(0.05).epsilon(0.1));
  CHECK((sparse.norm(2, {1}) - 1).abs().max().item<double>() < 1e-12);
}

TEST_CASE("target-surrogates: a race ends at its goal, and one that never comes counts all calls") {
  const std::vector<Problem> problems = race_problems({100, 0.5, 0.1}, Rng{3});
  const Problem& squares = problems[1];
  CHECK(squares.best < squares.goal);
  CHECK(squares.goal < squares.first);
  Progress silent;
  const Race won = run_race(squares, {.kind = "sso"}, 50, Rng{4}, silent);
  CHECK(won.reached);
  CHECK(won.losses.back() <= squares.goal);
  CHECK(won.calls < 50);
  CHECK(won.modelled_time(100) == 100 * won.calls + won.evaluations);
  const Race lost = run_race(squares, {.kind = "sgd", .rate = 1e-6}, 50, Rng{4}, silent);
  CHECK(!lost.reached);
  CHECK(lost.calls == 50);
  const Race blown = run_race(squares, {.kind = "sgd", .rate = 1e6}, 50, Rng{4}, silent);
  CHECK(!blown.reached);
  CHECK(blown.calls == 50);
}

TEST_CASE("target-surrogates: the best of a grid is the one of fewest calls") {
  const auto field = [](double rate, double calls) {
    Field f{{.kind = "sgd", .rate = rate}, std::vector<Race>(1)};
    f.races[0].calls = calls;
    return f;
  };
  CHECK(best_of({field(1, 9), field(0.1, 4), field(0.01, 30)}, "sgd").entrant.rate == 0.1);
  CHECK(grid_of("adam", 1).size() == 5);
  CHECK(grid_of("sgd", 2).size() == 11);
  CHECK(grid_of("sls", 3).size() == 1);
}

TEST_CASE("target-surrogates: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run(1, {{"seeds", 0}}), "--seeds: 0, expected a positive number");
  CHECK_THROWS_WITH(quick_run(1, {{"batch-share", 1.5}}),
                    "--batch-share: 1.5, expected above 0 and at most 1");
  CHECK_THROWS_WITH(quick_run(1, {{"examples", 10}}), "--examples: 10, expected 60 or more");
}
