#include "offprint/worlds/decision_process.h"

#include <algorithm>
#include <array>
#include <vector>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

DecisionProcesses empty_processes(int64_t count, int64_t states, int64_t actions, double discount) {
  require(count >= 1 && states >= 1 && actions >= 1,
          "decision processes: {} of {} states and {} actions, expected at least one of each",
          count, states, actions);
  require(discount >= 0 && discount < 1, "decision processes: discount {}, expected in [0,1)",
          discount);
  return {at::zeros({count, states, actions, states}, at::kDouble),
          at::zeros({count, states, actions, states}, at::kDouble),
          at::zeros({count, states}, at::kDouble), at::full({count}, discount, at::kDouble)};
}

int64_t draw(const double* weights, int64_t count, double u) {
  for (int64_t i = 0; i + 1 < count; ++i) {
    if (u < weights[i]) return i;
    u -= weights[i];
  }
  // Rounding may leave a rest behind the last weight that is not zero.
  int64_t last = count - 1;
  while (last > 0 && weights[last] == 0) --last;
  return last;
}

}  // namespace

DecisionProcesses garnets(int64_t count, const GarnetOptions& o, Rng rng) {
  require(o.branching >= 1 && o.branching <= o.states, "garnets: branching {}, expected 1 to {}",
          o.branching, o.states);
  DecisionProcesses world = empty_processes(count, o.states, o.actions, o.discount);
  double* p = world.transition.mutable_data_ptr<double>();
  Rng places = rng.split("places");
  std::vector<int64_t> order(static_cast<size_t>(o.states));
  std::vector<double> cuts(static_cast<size_t>(o.branching) + 1);
  for (int64_t row = 0; row < count * o.states * o.actions; ++row, p += o.states) {
    for (size_t s = 0; s < order.size(); ++s) order[s] = static_cast<int64_t>(s);
    cuts.front() = 0, cuts.back() = 1;
    for (size_t k = 1; k + 1 < cuts.size(); ++k) cuts[k] = places.uniform();
    std::ranges::sort(cuts);
    for (int64_t k = 0; k < o.branching; ++k) {
      const auto at = static_cast<size_t>(k);
      std::swap(order[at], order[at + static_cast<size_t>(places.integer(o.states - k))]);
      p[order[at]] = cuts[at + 1] - cuts[at];
    }
  }
  world.reward = rng.split("rewards").normal({count, o.states, o.actions, o.states}, at::kDouble);
  world.start.fill_(1 / static_cast<double>(o.states));
  return world;
}

DecisionProcesses gridworlds(int64_t count, int64_t side, double slip, double discount, Rng rng) {
  require(side >= 2 && slip >= 0 && slip <= 1,
          "gridworlds: side {} and slip {}, expected at least 2 and 0 to 1", side, slip);
  const int64_t states = side * side, goal = states - 1;
  constexpr std::array<std::array<int64_t, 2>, 4> kMoves = {{{0, 1}, {1, 0}, {0, -1}, {-1, 0}}};
  DecisionProcesses world = empty_processes(count, states, 4, discount);
  auto p = world.transition.accessor<double, 4>();
  auto r = world.reward.accessor<double, 4>();
  for (int64_t b = 0; b < count; ++b) {
    std::vector<bool> pit(static_cast<size_t>(states));
    for (int64_t k = 0; k < side / 2; ++k)
      pit[static_cast<size_t>(1 + rng.integer(states - 2))] = true;
    for (int64_t s = 0; s < states; ++s)
      for (int64_t a = 0; a < 4; ++a) {
        for (int64_t way = 0; way < 4; ++way) {
          const int64_t row =
              std::clamp<int64_t>(s / side + kMoves[static_cast<size_t>(way)][0], 0, side - 1);
          const int64_t column =
              std::clamp<int64_t>(s % side + kMoves[static_cast<size_t>(way)][1], 0, side - 1);
          const int64_t to = s == goal ? 0 : row * side + column;
          p[b][s][a][to] += way == a ? 1 - slip : slip / 3;
        }
        if (s == goal) continue;
        for (int64_t to = 0; to < states; ++to)
          if (to != s) r[b][s][a][to] = to == goal ? 1 : pit[static_cast<size_t>(to)] ? -1 : 0;
      }
  }
  world.start.select(1, 0).fill_(1);
  return world;
}

DecisionProcesses delayed_chains(int64_t count, int64_t length, double slip, double discount,
                                 Rng rng) {
  require(length >= 2 && slip >= 0 && slip < 1,
          "delayed chains: length {} and slip {}, expected at least 2 and 0 to below 1", length,
          slip);
  DecisionProcesses world = empty_processes(count, length, 2, discount);
  auto p = world.transition.accessor<double, 4>();
  auto r = world.reward.accessor<double, 4>();
  for (int64_t b = 0; b < count; ++b) {
    const double small = 0.05 + 0.25 * rng.uniform(), late = 1 + rng.uniform();
    for (int64_t s = 0; s < length; ++s) {
      const int64_t on = s + 1 < length ? s + 1 : 0;
      p[b][s][0][0] = 1, r[b][s][0][0] = small;
      p[b][s][1][on] += 1 - slip, p[b][s][1][s] += slip;
      if (on == 0) r[b][s][1][0] = late;
    }
  }
  world.start.select(1, 0).fill_(1);
  return world;
}

Steps play(const DecisionProcesses& world, int64_t index, const Tensor& policy,
           int64_t trajectories, int64_t length, Rng rng) {
  const int64_t states = world.states(), actions = world.actions();
  require(policy.dim() == 2 && policy.size(0) == states && policy.size(1) == actions,
          "play: policy is {}, expected ({},{})", shape_text(policy), states, actions);
  require(index >= 0 && index < world.count() && trajectories >= 1 && length >= 1,
          "play: process {} of {}, {} trajectories of {} steps", index, world.count(), trajectories,
          length);
  const Tensor p = world.transition[index].contiguous(), start = world.start[index].contiguous(),
               pi = policy.to(at::kDouble).contiguous();
  Steps steps;
  for (Tensor* t : {&steps.trajectory, &steps.state, &steps.action, &steps.next})
    *t = at::empty({trajectories * length}, at::kLong);
  int64_t at = 0;
  for (int64_t i = 0; i < trajectories; ++i) {
    int64_t s = draw(start.const_data_ptr<double>(), states, rng.uniform());
    for (int64_t t = 0; t < length; ++t, ++at) {
      const int64_t a = draw(pi.const_data_ptr<double>() + s * actions, actions, rng.uniform());
      const int64_t next =
          draw(p.const_data_ptr<double>() + (s * actions + a) * states, states, rng.uniform());
      steps.trajectory.mutable_data_ptr<int64_t>()[at] = i;
      steps.state.mutable_data_ptr<int64_t>()[at] = s;
      steps.action.mutable_data_ptr<int64_t>()[at] = a;
      steps.next.mutable_data_ptr<int64_t>()[at] = next;
      s = next;
    }
  }
  return steps;
}

Tensor visit_counts(const Steps& steps, int64_t states, int64_t actions) {
  Tensor counts = at::zeros({states, actions}, at::kDouble);
  auto n = counts.accessor<double, 2>();
  const auto s = steps.state.accessor<int64_t, 1>(), a = steps.action.accessor<int64_t, 1>();
  for (int64_t i = 0; i < steps.state.size(0); ++i) n[s[i]][a[i]] += 1;
  return counts;
}

}  // namespace offprint::worlds
