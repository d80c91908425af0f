#include "offprint/tasks/worst_reward.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/tasks/reward_inference.h"
#include "offprint/worlds/behaviour.h"

namespace offprint::tasks {
namespace {

using kernels::Canonical;
using kernels::RewardSpace;

// What shaping in the acted world looks like in the space: an orthonormal basis, and the potentials
// that reach it.
struct Directions {
  Tensor basis;       // (B,SA,S) columns of length one, or zero where there is none
  Tensor potentials;  // (B,S,S) potentials whose shaping is that column
  Tensor many;        // (B) of them
};

Directions directions(const RewardSpace& space, const RewardSpace& acted) {
  const int64_t states = space.transition.size(1);
  const int64_t batch = std::max({space.transition.size(0), space.discount.size(0),
                                  acted.transition.size(0), acted.discount.size(0)});
  std::vector<Tensor> columns;
  for (int64_t k = 0; k < states; ++k) {
    Tensor potential = at::zeros({1, states}, at::kDouble);
    potential[0][k] = 1;
    const Tensor shaped = kernels::expected_shaping(acted, potential);
    columns.push_back(
        kernels::canonical(space, shaped, Canonical::levelled).flatten(1).expand({batch, -1}));
  }
  const Tensor all = at::stack(columns, -1);  // (B,SA,S)
  const auto [values, vectors] = at::linalg_eigh(at::matmul(all.transpose(1, 2), all));
  // Below: rounding of shaping that both worlds share.
  const Tensor floor =
      (1e-14 * values.amax(-1, true)).clamp_min(1e-22 * static_cast<double>(all.size(1)));
  const Tensor kept = (values > floor).to(at::kDouble);
  const Tensor scale = (kept / at::where(kept > 0, values, at::ones_like(values)).sqrt());
  const Tensor potentials = vectors * scale.unsqueeze(1);
  return {at::matmul(all, potentials), potentials, kept.sum(-1)};
}

Tensor norm(const Tensor& x) { return x.square().sum(-1, true).sqrt(); }  // (B,N) -> (B,1)

Tensor times(const Tensor& matrix, const Tensor& x) {
  return at::matmul(matrix, x.unsqueeze(-1)).squeeze(-1);
}

}  // namespace

WorstReward worst_reward(const RewardSpace& space, const RewardSpace& acted, const Tensor& other,
                         const Tensor& estimate) {
  const Tensor raw = kernels::expected_reward(acted.transition, estimate);
  const Directions d = directions(space, acted);
  const Tensor p = kernels::standardised(space, other, Canonical::levelled)
                       .flatten(1)
                       .expand({d.many.size(0), -1});
  const Tensor x = kernels::canonical(space, raw, Canonical::levelled).flatten(1).expand_as(p);
  const Tensor p_in = times(d.basis.transpose(1, 2), p), x_in = times(d.basis.transpose(1, 2), x);
  const Tensor rest = x - times(d.basis, x_in);  // what no shaping reaches
  const Tensor a = norm(p_in), size = norm(rest), along = (p * rest).sum(-1, true);
  const Tensor slope = along / size.clamp_min(1e-300);
  const Tensor any = d.many.unsqueeze(-1) > 0, inward = along < 0;
  // cos of the angle: of -a sin + slope cos the least over a half plane, or its limit.
  const Tensor cosine = at::where(inward, -(a.square() + slope.square()).sqrt(), -a);
  const Tensor fixed = (p * x).sum(-1, true) / norm(x).clamp_min(1e-300);
  const Tensor least = at::where(any, cosine, fixed).clamp(-1, 1);
  // How far along -p the witness goes: to the optimum, or far.
  const Tensor far = 1e4 * (size + norm(x_in)) + norm(x);
  const Tensor reach = at::where(inward, size * a / slope.abs().clamp_min(1e-300), far);
  const Tensor wanted = -reach * p_in / a.clamp_min(1e-300) - x_in;
  const Tensor potential = times(d.potentials, at::where(any, wanted, at::zeros_like(wanted)));
  WorstReward out;
  out.reward = raw + kernels::expected_shaping(acted, potential);
  out.distance = kernels::reward_distance(space, other, out.reward, Canonical::levelled);
  out.bound = ((1 - least) / 2).clamp_min(0).sqrt().squeeze(-1);
  return out;
}

OppositePair opposite_pair(const RewardSpace& space, const RewardSpace& acted,
                           const std::string& model, double temperature, double size) {
  require(space.transition.size(0) == 1 && acted.transition.size(0) == 1,
          "opposite pair: worlds of {} and {}, expected one each", space.transition.size(0),
          acted.transition.size(0));
  const Directions d = directions(space, acted);
  OppositePair out;
  if (d.many.item<double>() < 1) return out;
  const int64_t states = space.transition.size(1), actions = space.transition.size(2);
  // The last direction is that of largest shaping: the smallest potentials.
  const Tensor held = size * d.basis[0].select(1, states - 1);
  out.held = held.view({states, actions});
  worlds::DecisionProcesses world{space.transition, {}, {}, space.discount};
  world.reward = out.held.view({1, states, actions, 1}).expand_as(space.transition);
  out.policy = worlds::behave(world, {.model = model, .temperature = temperature}, Rng(1))[0];
  // What is read off the policy is the reward held, shaped by space's discount, and so canonically
  // the same. Shaping by acted's takes off twice as much.
  const Tensor potential = -2 * size * d.potentials[0].select(1, states - 1);
  out.inferred = reward_of_policy(out.policy, model, temperature) +
                 kernels::expected_shaping(acted, potential.unsqueeze(0))[0];
  out.exists = true;
  return out;
}

WorstReward worst_optimal(const RewardSpace& space, const Tensor& best, const Tensor& other) {
  const int64_t states = space.transition.size(1), actions = space.transition.size(2),
                cells = states * actions;
  const Tensor flat = (best > 0).flatten();
  const Tensor eye = -at::eye(cells, at::kDouble).view({cells, states, actions});
  Tensor rays = kernels::canonical(space, eye, Canonical::levelled).flatten(1);
  rays = rays.index({flat.logical_not()});  // (M,SA)
  require(rays.size(0) > 0, "worst optimal: every action is best, expected some that are not");
  const Tensor unit = rays / norm(rays);
  const Tensor p = kernels::standardised(space, other, Canonical::levelled).flatten();
  // Non-negative least squares for -p by coordinate descent; where that projection is nothing, the
  // furthest point of the cone is a ray.
  const Tensor gram = at::matmul(unit, unit.t()).contiguous(), pull = -at::matmul(unit, p);
  std::vector<double> w(static_cast<size_t>(unit.size(0)));
  const auto g = gram.accessor<double, 2>();
  const auto b = pull.accessor<double, 1>();
  for (int64_t pass = 0; pass < 20'000; ++pass) {
    double moved = 0;
    for (int64_t i = 0; i < std::ssize(w); ++i) {
      double slope = b[i];
      for (int64_t j = 0; j < std::ssize(w); ++j) slope -= g[i][j] * w[static_cast<size_t>(j)];
      const double now = std::max(0.0, w[static_cast<size_t>(i)] + slope);
      moved = std::max(moved, std::abs(now - w[static_cast<size_t>(i)]));
      w[static_cast<size_t>(i)] = now;
    }
    if (moved < 1e-12) break;
  }
  Tensor weights = at::tensor(w, at::kDouble);
  const double length = at::matmul(unit.t(), weights).square().sum().sqrt().item<double>();
  if (length < 1e-9) {
    weights.zero_();
    weights[pull.argmax().item<int64_t>()] = 1;
  }
  const Tensor worst = at::matmul(unit.t(), weights);
  const double cosine =
      (worst * p).sum().item<double>() / worst.square().sum().sqrt().item<double>();
  // As advantages: below zero, though ever so little, wherever an action is not best.
  Tensor cost = at::zeros({cells}, at::kDouble);
  const Tensor scaled = (weights / norm(rays).squeeze(-1));
  cost.index_put_({flat.logical_not()}, -(scaled + 1e-6 * scaled.max()));
  WorstReward out;
  out.reward = cost.view({1, states, actions});
  out.distance = kernels::reward_distance(space, other, out.reward, Canonical::levelled);
  out.bound = at::full({1}, std::sqrt(std::max(0.0, (1 - cosine) / 2)), at::kDouble);
  return out;
}

}  // namespace offprint::tasks
