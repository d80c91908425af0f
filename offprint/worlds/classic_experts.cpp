#include "offprint/worlds/classic_experts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/worlds/classic_control.h"

namespace offprint::worlds {
namespace {

constexpr double kPi = std::numbers::pi;

// x_{t+1} = A x + B u around x = 0, u = 0, by central differences of the world itself.
struct Linearised {
  Tensor A, B;
};
template <class World>
Linearised linearise() {
  constexpr double h = 1e-5;
  constexpr int64_t n = World::kState;
  const auto moved = [](std::vector<double> state, double action) {
    World world{std::move(state)};
    step(world, std::vector{action});
    return at::tensor(world.state, at::kDouble);
  };
  const std::vector<double> rest(n, 0.0);
  Linearised l{at::zeros({n, n}, at::kDouble), at::zeros({n, 1}, at::kDouble)};
  for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
    std::vector<double> up = rest, down = rest;
    up[i] = h, down[i] = -h;
    l.A.select(1, static_cast<int64_t>(i)).copy_((moved(up, 0) - moved(down, 0)) / (2 * h));
  }
  l.B.select(1, 0).copy_((moved(rest, h) - moved(rest, -h)) / (2 * h));
  return l;
}

template <class World>
std::vector<double> gain_at_rest(const std::vector<double>& weights, double effort) {
  const Linearised l = linearise<World>();
  const Tensor Q = at::tensor(weights, at::kDouble).diag();
  return numbers(regulator_gain(l.A, l.B, Q, at::full({1, 1}, effort, at::kDouble)));
}

std::vector<double> each(std::span<const double> states, size_t width,
                         const std::function<double(const double*)>& answer) {
  require(states.size() % width == 0, "expert: {} numbers, expected rows of {}", states.size(),
          width);
  std::vector<double> actions;
  for (size_t at = 0; at < states.size(); at += width) actions.push_back(answer(&states[at]));
  return actions;
}

}  // namespace

Tensor regulator_gain(const Tensor& A, const Tensor& B, const Tensor& Q, const Tensor& R) {
  Tensor P = Q, gain;
  for (int i = 0; i < 20'000; ++i) {
    const Tensor BP = B.t().matmul(P);
    gain = at::linalg_solve(R + BP.matmul(B), BP.matmul(A));
    const Tensor next = Q + A.t().matmul(P).matmul(A - B.matmul(gain));
    const double change = max_abs_diff(next, P), size = next.abs().max().item<double>();
    P = next;
    if (std::isfinite(size) && change <= 1e-12 * size) return gain;
  }
  fail("regulator: the Riccati equation does not converge");
}

std::vector<double> cart_pole_expert(std::span<const double> states) {
  static const std::vector<double> gain = gain_at_rest<CartPole>({1, 0.1, 10, 0.1}, 0.01);
  return each(states, 4, [](const double* s) {
    const double u = -(gain[0] * s[0] + gain[1] * s[1] + gain[2] * s[2] + gain[3] * s[3]);
    return std::clamp(u, -CartPole::kForce, CartPole::kForce);
  });
}

std::vector<double> pendulum_expert(std::span<const double> states) {
  static const std::vector<double> gain = gain_at_rest<Pendulum>({10, 1}, 0.1);
  return each(states, 2, [](const double* s) {
    const double theta = s[0] - 2 * kPi * std::floor((s[0] + kPi) / (2 * kPi));
    const double regulator = -(gain[0] * theta + gain[1] * s[1]);
    // Where the regulator's torque is within the limits it holds the rod up; else swing: energy of
    // theta'^2 / 2 = 15 (1 - cos theta) is what just reaches the top.
    if (std::abs(theta) < 0.6 && std::abs(regulator) <= 1.5 * Pendulum::kTorque)
      return std::clamp(regulator, -Pendulum::kTorque, Pendulum::kTorque);
    const double short_of = 15 * (1 - std::cos(theta)) - 0.5 * s[1] * s[1];
    const double turn = s[1] != 0 ? std::copysign(1.0, s[1]) : 1.0;
    return std::clamp(2 * short_of, -1.0, 1.0) * turn * Pendulum::kTorque;
  });
}

std::vector<double> acrobot_expert(std::span<const double> states) {
  // Against the swing of the first link, which pumps energy into it from nearly any start; pushing
  // the way the elbow turns does more work but often ends in an elbow that spins.
  return each(states, 4, [](const double* s) { return s[2] >= 0 ? -1.0 : 1.0; });
}

}  // namespace offprint::worlds
