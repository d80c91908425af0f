// causal-minimax at quick scale, shortened, as `offprint run` gives it, and its oracles.
#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/causal_minimax/checks.h"
#include "offprint/papers/causal_minimax/oracles.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::causal_minimax;
using kernels::node;

TEST_SUITE("paper") {
  TEST_CASE(
      "causal minimax quick, shortened: the graph's answers hold, the fold beats the whole set") {
    RunRequest request;
    request.options = {{"graphs", 100},      {"networks", 6},    {"most-stable", 6},
                       {"growth-draws", 10}, {"most-grown", 14}, {"cases", 2},
                       {"draws", 1},         {"rows", 200},      {"steps", 30},
                       {"starts", 2}};
    const RunCard card = card_of("causal-minimax", request);
    for (const std::string id : {"graphs", "whole-optimal", "example", "example-verdict",
                                 "search-exact", "share", "growth", "ascent-above"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    // Thirty steps do not climb all the way, and one system is no share of systems: both are
    // measured.
    CHECK(find_claim(card, "ascent-below").ours.has_value());
    CHECK(find_claim(card, "held-out").ours.has_value());
  }
}

TEST_CASE("causal minimax: moral graphs separate as chains, forks and colliders do") {
  kernels::CausalGraph g = kernels::unconnected({"a", "c", "b", "d"});
  g.parents[1] = node(0) | node(2), g.parents[3] = node(1);
  CHECK(separated_in_moral_graph(g, node(0), node(2), 0));
  CHECK_FALSE(separated_in_moral_graph(g, node(0), node(2), node(3)));
  CHECK(separated_in_moral_graph(g, node(0), node(3), node(1)));
  CHECK_FALSE(separated_in_moral_graph(g, node(0), node(3), 0));
}

TEST_CASE("causal minimax: enumeration takes each group of rows to its own worst value") {
  // Predicting m itself, groups y = +-1: the worst m for each is the far end.
  kernels::TransferProblem p;
  p.graph = kernels::unconnected({"y", "m"});
  p.graph.parents[1] = node(0), p.outcome = 0, p.moving = node(1);
  const Tensor y = 2 * at::arange(400, at::kLong).remainder(2).to(at::kDouble) - 1;
  const Tensor data = at::stack({y, Rng(1).uniform({400}, -2, 2, at::kDouble)}, 1);
  const tasks::Mechanisms m = tasks::known_mechanisms(p, data, {{}, {}});
  tasks::StablePredictor f;
  f.inputs = {1};
  f.fit = kernels::fit_feature_ridge(data.slice(1, 1, 2), data.select(1, 1), 0, Rng(1));
  const double low = m.low[1].item<double>(), high = m.high[1].item<double>();
  CHECK(enumerated_worst_risk(m, f, 11) ==
        doctest::Approx(0.5 * ((1 - low) * (1 - low) + (high + 1) * (high + 1))).epsilon(1e-6));
}

TEST_CASE("causal minimax: the example's outcome stands on its grid and x folds it") {
  const FoldExample e = fold_example();
  const Tensor data = e.draw(500, Rng(2));
  const Tensor steps = (data.select(1, 0) / std::sqrt(3.0) + 1) * 10;
  CHECK(max_abs_diff(steps, steps.round()) < 1e-9);
  CHECK((data.select(1, 2) - (data.select(1, 0) - data.select(1, 1)).abs())
            .square()
            .mean()
            .item<double>() < 0.004);
}

TEST_CASE("causal minimax: options that make no sense are refused") {
  RunRequest request;
  request.options = {{"most-stable", 20}};
  CHECK_THROWS_AS(card_of("causal-minimax", request), Error);
  request.options = {{"draws", 0}};
  CHECK_THROWS_AS(card_of("causal-minimax", request), Error);
}
