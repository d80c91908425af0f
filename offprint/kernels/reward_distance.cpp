#include "offprint/kernels/reward_distance.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

Tensor column(const Tensor& discount) { return discount.view({-1, 1, 1}); }

// Weights w = 1 / |P(.|s,a)|: a reward E(s,a) in expectation has norm w |E| at the least, spread as
// P itself.
Tensor spread_weights(const RewardSpace& space) {
  return space.transition.square().sum(-1).rsqrt();
}

// min over phi of |w (E + D phi)|, D phi = discount P phi - phi, by normal equations: their
// condition is that of D squared, at most ((1 + g) / (1 - g))^2.
Tensor smallest(const RewardSpace& space, const Tensor& expected) {
  const int64_t batch = space.transition.size(0), states = space.transition.size(1),
                actions = space.transition.size(2);
  const Tensor eye = at::eye(states, at::kDouble).view({1, states, 1, states});
  const Tensor w = spread_weights(space);
  const Tensor shaping =
      ((space.discount.view({-1, 1, 1, 1}) * space.transition - eye) * w.unsqueeze(-1))
          .expand({std::max(batch, space.discount.size(0)), states, actions, states})
          .reshape({-1, states * actions, states});
  const Tensor start = (w * expected).reshape({-1, states * actions, 1});
  const Tensor gram = at::matmul(shaping.transpose(1, 2), shaping);
  Tensor rest = start;
  // The second pass takes out what rounding left of the first.
  for (int pass = 0; pass < 2; ++pass) {
    const Tensor phi = at::linalg_solve(gram, at::matmul(shaping.transpose(1, 2), rest));
    rest = rest - at::matmul(shaping, phi);
  }
  return rest.view({-1, states, actions});
}

// The advantage of the uniform policy. Where many rewards share a world one matrix serves them all.
Tensor levelled_reward(const RewardSpace& space, const Tensor& expected) {
  const int64_t states = expected.size(1), actions = expected.size(2);
  if (space.transition.size(0) > 1 || space.discount.size(0) > 1) {
    const Tensor uniform =
        at::full({1, states, actions}, 1 / static_cast<double>(actions), at::kDouble);
    const SolvedBatch of = evaluate_policy({space.transition, expected, space.discount}, uniform);
    return of.q - of.v.unsqueeze(-1);
  }
  const Tensor p = space.transition[0], g = space.discount[0];
  const Tensor v = at::linalg_solve(at::eye(states, at::kDouble) - g * p.mean(1),
                                    expected.mean(-1).t());  // (S,B)
  const Tensor next = at::matmul(p.reshape({states * actions, states}), v).t();
  return expected + g * next.reshape({-1, states, actions}) - v.t().unsqueeze(-1);
}

void check(const RewardSpace& space, const Tensor& reward) {
  require_dim(space.transition, 4, "reward distance", "transition", "(B,S,A,S)");
  require_dim(space.discount, 1, "reward distance", "discount", "(B)");
  require(reward.dim() == 3 || reward.dim() == 4,
          "reward distance: reward is {}, expected (B,S,A) or (B,S,A,S)", shape_text(reward));
  for (int64_t d = 1; d < reward.dim(); ++d)
    require(reward.size(d) == space.transition.size(d),
            "reward distance: reward is {}, expected the sizes of transition {}",
            shape_text(reward), shape_text(space.transition));
}

}  // namespace

Tensor canonical(const RewardSpace& space, const Tensor& reward, Canonical kind) {
  check(space, reward);
  const Tensor expected = expected_reward(space.transition, reward);
  if (kind == Canonical::smallest) return smallest(space, expected);
  return levelled_reward(space, expected);
}

Tensor standardised(const RewardSpace& space, const Tensor& reward, Canonical kind) {
  const Tensor c = canonical(space, reward, kind);
  const Tensor norm = c.square().sum({1, 2}, true).sqrt();
  // Shaping that was taken out is as large as the values: reward / (1 - discount).
  const Tensor size =
      reward.abs().flatten(1).amax(-1).view({-1, 1, 1}) / (1 - column(space.discount));
  const double cells = static_cast<double>(c.size(1) * c.size(2));
  const Tensor kept = norm > 1e-13 * std::sqrt(cells) * size;
  return at::where(kept, c / at::where(kept, norm, at::ones_like(norm)), at::zeros_like(c));
}

Tensor standardised_distance(const Tensor& a, const Tensor& b) {
  return (a - b).square().sum({1, 2}).sqrt() / 2;
}

Tensor reward_distance(const RewardSpace& space, const Tensor& a, const Tensor& b, Canonical kind) {
  return standardised_distance(standardised(space, a, kind), standardised(space, b, kind));
}

double robust_radius(double epsilon) {
  require(epsilon >= 0 && epsilon <= 1, "robust radius: epsilon {}, expected in [0,1]", epsilon);
  const double angle = 2 * std::asin(epsilon);
  return angle >= std::acos(0.0) ? 1 : std::sin(angle);
}

Tensor expected_shaping(const RewardSpace& space, const Tensor& potential) {
  const Tensor next =
      at::matmul(space.transition, potential.view({-1, 1, potential.size(1), 1})).squeeze(-1);
  return column(space.discount) * next - potential.unsqueeze(-1);
}

}  // namespace offprint::kernels
