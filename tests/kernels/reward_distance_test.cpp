#include "offprint/kernels/reward_distance.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using kernels::Canonical;
using kernels::RewardSpace;

namespace {

constexpr Canonical kBoth[] = {Canonical::levelled, Canonical::smallest};

RewardSpace random_space(int64_t count, int64_t states, int64_t actions, Rng& rng) {
  return {at::softmax(2 * rng.normal({count, states, actions, states}, at::kDouble), -1),
          rng.uniform({count}, 0.0, 0.98, at::kDouble)};
}

// R + scale * R, shaped and redistributed at random, with entries far larger than R's.
Tensor disguised(const RewardSpace& space, const Tensor& reward, double scale, Rng& rng) {
  const Tensor phi = 20 * rng.normal({reward.size(0), reward.size(1)}, at::kDouble);
  const Tensor spread = 5 * rng.normal(reward.sizes(), at::kDouble);
  return scale * reward + space.discount.view({-1, 1, 1, 1}) * phi.view({-1, 1, 1, phi.size(1)}) -
         phi.view({-1, phi.size(1), 1, 1}) + spread - (space.transition * spread).sum(-1, true);
}

// The orthogonal projection in the space of all R(s,a,s') off every shaping and redistribution, by
// least squares over their generators.
Tensor projected(const RewardSpace& space, const Tensor& reward) {
  const int64_t s = reward.size(1), a = reward.size(2), all = s * a * s;
  std::vector<Tensor> generators;
  for (int64_t k = 0; k < s; ++k) {
    Tensor g = at::zeros({s, a, s}, at::kDouble);
    g.select(2, k) += space.discount[0];
    g.select(0, k) -= 1;
    generators.push_back(g.flatten());
  }
  for (int64_t row = 0; row < s * a; ++row)
    for (int64_t k = 0; k < s; ++k) {
      Tensor g = at::zeros({s * a, s}, at::kDouble);
      g[row][k] = 1;
      g[row] -= space.transition[0].view({s * a, s})[row][k];
      generators.push_back(g.flatten());
    }
  const Tensor basis = at::stack(generators);
  const Tensor gram = at::matmul(basis, basis.t()) + 1e-11 * at::eye(basis.size(0), at::kDouble);
  Tensor rest = reward.reshape({all});
  for (int pass = 0; pass < 4; ++pass)
    rest = rest - at::matmul(basis.t(), at::linalg_solve(gram, at::matmul(basis, rest)));
  return rest;
}

}  // namespace

TEST_CASE(
    "reward distance: scaling, shaping and redistribution keep it at zero, turning makes it one") {
  Rng rng(1);
  const RewardSpace space = random_space(200, 6, 3, rng);
  const Tensor reward = rng.normal({200, 6, 3, 6}, at::kDouble);
  for (const Canonical kind : kBoth) {
    const Tensor same = disguised(space, reward, 0.37, rng);
    CHECK(kernels::reward_distance(space, reward, same, kind).max().item<double>() < 1e-9);
    const Tensor turned = disguised(space, reward, -2.5, rng);
    CHECK((kernels::reward_distance(space, reward, turned, kind) - 1).abs().max().item<double>() <
          1e-9);
    const Tensor other = rng.normal({200, 6, 3, 6}, at::kDouble);
    CHECK(kernels::reward_distance(space, reward, other, kind).min().item<double>() > 0.1);
  }
}

TEST_CASE("reward distance: the triangle inequality") {
  Rng rng(2);
  const RewardSpace space = random_space(300, 3, 2, rng);
  for (const Canonical kind : kBoth) {
    Tensor s[3];
    for (Tensor& one : s)
      one = kernels::standardised(space, rng.normal({300, 3, 2, 3}, at::kDouble), kind);
    const Tensor slack = kernels::standardised_distance(s[0], s[1]) +
                         kernels::standardised_distance(s[1], s[2]) -
                         kernels::standardised_distance(s[0], s[2]);
    CHECK(slack.min().item<double>() >= -1e-12);
  }
}

TEST_CASE("reward distance: levelling is the advantage: with visits it gives a policy's gain") {
  Rng rng(3);
  const RewardSpace space = random_space(50, 7, 3, rng);
  const Tensor reward = rng.normal({50, 7, 3, 7}, at::kDouble);
  const Tensor expected = kernels::expected_reward(space.transition, reward);
  const kernels::DecisionBatch mdp{space.transition, expected, space.discount};
  const Tensor pi = at::softmax(rng.normal({50, 7, 3}, at::kDouble), -1);
  const Tensor uniform = at::full({1, 7, 3}, 1 / 3.0, at::kDouble);
  const Tensor start = at::softmax(rng.normal({50, 7}, at::kDouble), -1);
  const Tensor visits = kernels::discounted_visits(mdp, pi, start);
  const Tensor c = kernels::canonical(space, reward, Canonical::levelled);
  const Tensor gain = (visits * (pi * c).sum(-1)).sum(-1);
  const Tensor values =
      kernels::evaluate_policy(mdp, pi).v - kernels::evaluate_policy(mdp, uniform).v;
  CHECK(max_abs_diff(gain, (start * values).sum(-1)) < 1e-11);
}

TEST_CASE(
    "reward distance: the smallest reward is the projection off all shaping and redistribution") {
  Rng rng(4);
  const RewardSpace space = random_space(1, 4, 2, rng);
  Tensor c[2], full[2];
  for (int i = 0; i < 2; ++i) {
    const Tensor reward = rng.normal({1, 4, 2, 4}, at::kDouble);
    c[i] = kernels::canonical(space, reward, Canonical::smallest);
    full[i] = projected(space, reward);
    const Tensor spread =
        c[i].unsqueeze(-1) * space.transition / space.transition.square().sum(-1, true).sqrt();
    CHECK(max_abs_diff(spread.flatten(), full[i]) < 1e-7);
  }
  CHECK((c[0] * c[1]).sum().item<double>() ==
        doctest::Approx((full[0] * full[1]).sum().item<double>()).epsilon(1e-6));
}

TEST_CASE("reward distance: trivial rewards are zero, not noise blown up") {
  Rng rng(5);
  const RewardSpace space = random_space(30, 5, 3, rng);
  const Tensor zero = at::zeros({30, 5, 3, 5}, at::kDouble);
  const Tensor trivial = disguised(space, zero, 1, rng);
  const Tensor reward = rng.normal({30, 5, 3, 5}, at::kDouble);
  for (const Canonical kind : kBoth) {
    CHECK(kernels::standardised(space, trivial, kind).abs().max().item<double>() == 0);
    CHECK(
        (kernels::reward_distance(space, trivial, reward, kind) - 0.5).abs().max().item<double>() <
        1e-12);
    // A reward a billion times smaller is a reward.
    CHECK(kernels::reward_distance(space, reward, 1e-9 * reward, kind).max().item<double>() <
          1e-12);
  }
}

TEST_CASE("robust radius: a move of that share turns a reward by just that distance, no further") {
  CHECK(kernels::robust_radius(0.5) == doctest::Approx(std::sqrt(0.75)));
  CHECK(kernels::robust_radius(0) == 0);
  CHECK(kernels::robust_radius(0.8) == 1);
  CHECK_THROWS_AS(kernels::robust_radius(1.5), Error);
  Rng rng(6);
  const RewardSpace space = random_space(1, 4, 3, rng);
  const Tensor c =
      kernels::canonical(space, rng.normal({1, 4, 3}, at::kDouble), Canonical::levelled);
  const Tensor raw =
      kernels::canonical(space, rng.normal({1, 4, 3}, at::kDouble), Canonical::levelled);
  const double norm = c.square().sum().sqrt().item<double>();
  for (const double epsilon : {0.05, 0.3, 0.6}) {
    const double radius = kernels::robust_radius(epsilon);
    // The tangent of the cone around c touches the sphere of that radius.
    Tensor across = raw - c * ((raw * c).sum() / (norm * norm));
    across = across / across.square().sum().sqrt();
    const double away = norm * radius * std::sqrt(1 - radius * radius),
                 back = norm * radius * radius;
    const Tensor moved = c + away * across - back * c / norm;
    CHECK((moved - c).square().sum().sqrt().item<double>() == doctest::Approx(norm * radius));
    CHECK(kernels::reward_distance(space, c, moved, Canonical::levelled).item<double>() ==
          doctest::Approx(epsilon));
  }
}

TEST_CASE("reward distance: what does not fit is one line") {
  Rng rng(7);
  const RewardSpace space = random_space(1, 4, 3, rng);
  CHECK_THROWS_WITH(
      kernels::canonical(space, at::zeros({1, 4, 2}, at::kDouble), Canonical::levelled),
      "reward distance: reward is (1,4,2), expected the sizes of transition (1,4,3,4)");
}
