#include "offprint/nn/target_surrogate.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

struct Case {
  const char* name;
  ExpensiveLoss loss;
  int64_t outputs;
};

std::vector<Case> cases(Rng rng, int64_t n) {
  const Tensor labels = (rng.uniform({n}, at::kDouble) < 0.5).to(at::kDouble);
  return {{"logistic", logistic_targets(labels), 1},
          {"squared", squared_targets(rng.normal({n, 3}, at::kDouble)), 3},
          {"squared hinge", squared_hinge_targets(labels), 1},
          {"softmax", softmax_targets(at::softmax(rng.normal({n, 4}, at::kDouble), 1)), 4}};
}

}  // namespace

TEST_CASE("losses: gradients are those of differences, row by row") {
  Rng rng{1};
  for (const Case& c : cases(rng, 6)) {
    CAPTURE(c.name);
    const Tensor z = rng.normal({6, c.outputs}, at::kDouble),
                 move = rng.normal(z.sizes(), at::kDouble);
    constexpr double h = 1e-6;
    const double up = c.loss.ask(z + h * move, {}).value, down = c.loss.ask(z - h * move, {}).value;
    const double slope = (c.loss.ask(z, {}).gradient * move).sum().item<double>() / 6;
    CHECK((up - down) / (2 * h) == doctest::Approx(slope).epsilon(1e-6));
    const Tensor rows = at::tensor({4, 1}, at::kLong);
    CHECK(max_abs_diff(c.loss.ask(z.index_select(0, rows), rows).gradient,
                       c.loss.ask(z, {}).gradient.index_select(0, rows)) < 1e-15);
  }
}

TEST_CASE("surrogate: above the loss for eta = 1/L, with its value and gradient where it is made") {
  Rng rng{2};
  for (const Case& c : cases(rng, 8)) {
    CAPTURE(c.name);
    const Tensor z = 0.3 * rng.normal({8, c.outputs}, at::kDouble);
    const LossAt at = c.loss.ask(z, {});
    const Surrogate g{at.value, z, at.gradient, 1 / c.loss.smoothness, Divergence::euclid};
    CHECK(surrogate_value(g, z) == at.value);
    CHECK(max_abs_diff(surrogate_at(g, z).gradient, at.gradient) == 0);
    Surrogate steep = g;
    steep.eta *= 4;
    int below = 0;
    for (int i = 0; i < 500; ++i) {
      const Tensor there = z + std::exp(4 * rng.uniform() - 3) * rng.normal(z.sizes(), at::kDouble);
      const double loss = c.loss.ask(there, {}).value;
      CHECK(surrogate_value(g, there) >= loss - 1e-12);
      CHECK(surrogate_value(g, there) ==
            doctest::Approx(surrogate_at(g, there).value).epsilon(1e-12));
      below += surrogate_value(steep, there) < loss;
    }
    CHECK(below > 0);
  }
}

TEST_CASE(
    "surrogate: with eta = 1 the Kullback-Leibler form of a cross-entropy is the loss itself") {
  Rng rng{3};
  for (const Case& c : cases(rng, 5)) {
    if (c.name != std::string("logistic") && c.name != std::string("softmax")) continue;
    const Tensor z = rng.normal({5, c.outputs}, at::kDouble);
    const LossAt at = c.loss.ask(z, {});
    const Surrogate g{at.value, z, at.gradient, 1, Divergence::kl};
    const Tensor there = rng.normal(z.sizes(), at::kDouble);
    CHECK(surrogate_at(g, there).value == doctest::Approx(c.loss.ask(there, {}).value));
    CHECK(max_abs_diff(surrogate_at(g, there).gradient, c.loss.ask(there, {}).gradient) < 1e-12);
  }
}

TEST_CASE("surrogate: its gradient is that of differences in both divergences") {
  Rng rng{4};
  for (const Divergence divergence : {Divergence::euclid, Divergence::kl})
    for (const int64_t outputs : {1, 3}) {
      const Tensor z = rng.normal({4, outputs}, at::kDouble);
      const Surrogate g{0.7, z, rng.normal(z.sizes(), at::kDouble), 0.6, divergence};
      const Tensor there = rng.normal(z.sizes(), at::kDouble);
      const Tensor move = rng.normal(z.sizes(), at::kDouble);
      constexpr double h = 1e-6;
      const double slope = (surrogate_at(g, there).gradient * move).sum().item<double>() / 4;
      CHECK((surrogate_value(g, there + h * move) - surrogate_value(g, there - h * move)) /
                (2 * h) ==
            doctest::Approx(slope).epsilon(1e-6));
    }
}

TEST_CASE("surrogate anchored everywhere: its mean gradient at z is the batch's") {
  Rng rng{5};
  const Tensor all = rng.normal({6, 2}, at::kDouble), rows = at::tensor({5, 2, 5}, at::kLong);
  const ExpensiveLoss loss = squared_targets(rng.normal({6, 2}, at::kDouble));
  const LossAt batch = loss.ask(all.index_select(0, rows), rows);
  const Surrogate g = anchored_everywhere(batch, rows, all, 0.5, Divergence::euclid);
  const Tensor mean = surrogate_at(g, all).gradient / 6;
  Tensor expected = at::zeros({6, 2}, at::kDouble);
  for (int64_t i = 0; i < 3; ++i) expected[rows[i].item<int64_t>()] += batch.gradient[i] / 3;
  CHECK(max_abs_diff(mean, expected) < 1e-15);
}

TEST_CASE("losses are counted, and what is not finite or of another shape is an error") {
  ExpensiveLoss odd{.smoothness = 1};
  odd.ask = [](const Tensor& z, const Tensor&) { return LossAt{1, z.narrow(0, 0, 1)}; };
  CountedLoss counted(odd);
  const Tensor z = at::zeros({2, 1}, at::kDouble);
  CHECK_THROWS_WITH_AS(counted.ask(z, {}), "loss: gradient is (1,1), expected (2,1)", Error);
  odd.ask = [](const Tensor& at, const Tensor&) { return LossAt{std::nan(""), at}; };
  CHECK_THROWS_AS(counted.ask(z, {}), NotFinite);
  CHECK(counted.calls().gradients == 2);
  CHECK(counted.calls().gradient_examples == 4);
  counted.value(z, {});
  CHECK(counted.calls().values == 1);
  CHECK_THROWS_WITH_AS(divergence_named("l1"), "--divergence: 'l1', expected euclid|kl", Error);
}
