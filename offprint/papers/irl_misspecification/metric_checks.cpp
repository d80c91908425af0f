#include "offprint/papers/irl_misspecification/metric_checks.h"

#include <algorithm>

#include "offprint/kernels/reward_distance.h"
#include "offprint/worlds/decision_process.h"

namespace offprint::papers::irl_misspecification {
namespace {

using kernels::Canonical;

constexpr int64_t kBatch = 500;
constexpr double kZero = 1e-9;

double largest(const Tensor& t) { return t.max().item<double>(); }

}  // namespace

Tensor equivalent_reward(const Tensor& transition, const Tensor& discount, const Tensor& reward,
                         Rng& rng) {
  const int64_t batch = reward.size(0), states = reward.size(1);
  const Tensor scale = rng.normal({batch, 1, 1, 1}, at::kDouble).exp();
  const Tensor phi = 2 * rng.normal({batch, states}, at::kDouble);
  const Tensor shaping = discount.view({-1, 1, 1, 1}) * phi.view({batch, 1, 1, states}) -
                         phi.view({batch, states, 1, 1});
  const Tensor moved = rng.normal(reward.sizes(), at::kDouble);
  const Tensor mean = (transition * moved).sum(-1, true);
  return scale * reward + shaping + (moved - mean);
}

MetricChecks check_metric(int64_t draws, Rng rng, Progress& progress) {
  MetricChecks out;
  progress.start("identities of the metric", draws);
  for (int64_t done = 0; done < draws; done += kBatch) {
    const int64_t many = std::min(kBatch, draws - done);
    const auto w = worlds::garnets(many, {.states = 8, .actions = 3, .branching = 3},
                                   rng.split(static_cast<uint64_t>(done)));
    const kernels::RewardSpace space{w.transition, w.discount};
    const Tensor a = w.reward, twin = equivalent_reward(w.transition, w.discount, a, rng);
    const Tensor c = rng.normal(a.sizes(), at::kDouble);
    // Between the two, so that the triangle is nearly flat.
    const Tensor share = rng.uniform({many, 1, 1, 1}, at::kDouble);
    const Tensor b = share * a + (1 - share) * c + 0.01 * rng.normal(a.sizes(), at::kDouble);
    // A little elsewhere: anything from a hair to another reward.
    const Tensor size = (-8 * rng.uniform({many, 1, 1, 1}, at::kDouble)).exp();
    const Tensor near = twin + size * rng.normal(a.sizes(), at::kDouble);
    Tensor zero[2], off[2];
    for (const Canonical kind : {Canonical::levelled, Canonical::smallest}) {
      const auto d = [&](const Tensor& x, const Tensor& y) {
        return kernels::reward_distance(space, x, y, kind);
      };
      const auto at_kind = static_cast<size_t>(kind);
      const Tensor same = d(a, twin);
      out.same = std::max(out.same, largest(same));
      out.opposite = std::max(out.opposite, largest((d(a, -a) - 1).abs()));
      out.triangle = std::max(out.triangle, largest(d(a, c) - d(a, b) - d(b, c)));
      zero[at_kind] = same <= kZero, off[at_kind] = d(a, near) <= kZero;
    }
    out.disagreements +=
        (zero[0] != zero[1]).sum().item<int64_t>() + (off[0] != off[1]).sum().item<int64_t>();
    progress.at(done + many), progress.throw_if_stopped();
  }
  return out;
}

}  // namespace offprint::papers::irl_misspecification
