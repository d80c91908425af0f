#include "offprint/worlds/classic_control.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

constexpr double kPi = std::numbers::pi;

void require_actions(std::span<const double> actions, size_t rows, const char* world) {
  require(actions.size() == rows, "{}: {} actions, expected one for each of {} rows", world,
          actions.size(), rows);
  for (const double a : actions)
    require(std::isfinite(a), "{}: an action is {}, expected a finite number", world, a);
}

std::vector<double> uniform_rows(int64_t batch, std::span<const double> half_widths, Rng rng) {
  require(batch > 0, "start of a world: {} rows, expected at least one", batch);
  std::vector<double> rows;
  for (int64_t b = 0; b < batch; ++b)
    for (const double w : half_widths) rows.push_back((2 * rng.uniform() - 1) * w);
  return rows;
}

double wrapped(double angle) { return angle - 2 * kPi * std::floor((angle + kPi) / (2 * kPi)); }

// Both links 1 m and 1 kg, centres halfway, moments of inertia 1, g = 9.8.
std::array<double, 4> acrobot_motion(const std::array<double, 4>& s, double torque) {
  constexpr double g = 9.8;
  const auto [t1, t2, v1, v2] = s;
  const double d1 = 0.25 + (1.25 + std::cos(t2)) + 2;
  const double d2 = 0.25 + 0.5 * std::cos(t2) + 1;
  const double phi2 = 0.5 * g * std::cos(t1 + t2 - kPi / 2);
  const double phi1 = -0.5 * v2 * v2 * std::sin(t2) - v2 * v1 * std::sin(t2) +
                      1.5 * g * std::cos(t1 - kPi / 2) + phi2;
  const double a2 =
      (torque + d2 / d1 * phi1 - 0.5 * v1 * v1 * std::sin(t2) - phi2) / (1.25 - d2 * d2 / d1);
  return {v1, v2, -(d2 * a2 + phi1) / d1, a2};
}

std::array<double, 4> moved(std::array<double, 4> s, const std::array<double, 4>& by, double h) {
  for (size_t i = 0; i < 4; ++i) s[i] += h * by[i];
  return s;
}

}  // namespace

CartPole start_cart_pole(int64_t batch, Rng rng) {
  return {uniform_rows(batch, std::array{0.05, 0.05, 0.05, 0.05}, rng)};
}
Pendulum start_pendulum(int64_t batch, Rng rng) {
  return {uniform_rows(batch, std::array{kPi, 1.0}, rng)};
}
Acrobot start_acrobot(int64_t batch, Rng rng) {
  return {uniform_rows(batch, std::array{0.1, 0.1, 0.1, 0.1}, rng)};
}

StepResult step(CartPole& world, std::span<const double> actions) {
  constexpr double g = 9.8, pole = 0.1, total = 1.1, half = 0.5, h = CartPole::kSeconds;
  const size_t rows = world.state.size() / 4;
  require_actions(actions, rows, "cart-pole");
  StepResult result{std::vector<double>(rows, 1.0), std::vector<uint8_t>(rows)};
  for (size_t b = 0; b < rows; ++b) {
    double* s = &world.state[4 * b];
    const double force = std::clamp(actions[b], -CartPole::kForce, CartPole::kForce);
    const double sine = std::sin(s[2]), cosine = std::cos(s[2]);
    const double push = (force + pole * half * s[3] * s[3] * sine) / total;
    const double turn =
        (g * sine - cosine * push) / (half * (4.0 / 3 - pole * cosine * cosine / total));
    const double pull = push - pole * half * turn * cosine / total;
    s[0] += h * s[1];  // places before speeds: explicit Euler, as the field has it
    s[1] += h * pull;
    s[2] += h * s[3];
    s[3] += h * turn;
    result.ended[b] = std::abs(s[0]) > 2.4 || std::abs(s[2]) > 12 * kPi / 180;
  }
  return result;
}

StepResult step(Pendulum& world, std::span<const double> actions) {
  constexpr double g = 10, h = Pendulum::kSeconds;  // 1 m, 1 kg
  const size_t rows = world.state.size() / 2;
  require_actions(actions, rows, "pendulum");
  StepResult result{std::vector<double>(rows), std::vector<uint8_t>(rows)};
  for (size_t b = 0; b < rows; ++b) {
    double& theta = world.state[2 * b];
    double& speed = world.state[2 * b + 1];
    const double u = std::clamp(actions[b], -Pendulum::kTorque, Pendulum::kTorque);
    const double angle = wrapped(theta);
    result.rewards[b] = -(angle * angle + 0.1 * speed * speed + 0.001 * u * u);
    speed = std::clamp(speed + h * (1.5 * g * std::sin(theta) + 3 * u), -Pendulum::kSpeed,
                       Pendulum::kSpeed);
    theta += h * speed;
  }
  return result;
}

StepResult step(Acrobot& world, std::span<const double> actions) {
  constexpr double h = Acrobot::kSeconds;
  const size_t rows = world.state.size() / 4;
  require_actions(actions, rows, "acrobot");
  StepResult result{std::vector<double>(rows, -1.0), std::vector<uint8_t>(rows)};
  for (size_t b = 0; b < rows; ++b) {
    double* row = &world.state[4 * b];
    const double u = std::clamp(actions[b], -Acrobot::kTorque, Acrobot::kTorque);
    const std::array<double, 4> s{row[0], row[1], row[2], row[3]};
    const auto k1 = acrobot_motion(s, u), k2 = acrobot_motion(moved(s, k1, h / 2), u);
    const auto k3 = acrobot_motion(moved(s, k2, h / 2), u), k4 = acrobot_motion(moved(s, k3, h), u);
    for (size_t i = 0; i < 4; ++i) row[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    row[0] = wrapped(row[0]);
    row[1] = wrapped(row[1]);
    row[2] = std::clamp(row[2], -4 * kPi, 4 * kPi);
    row[3] = std::clamp(row[3], -9 * kPi, 9 * kPi);
    result.ended[b] = -std::cos(row[0]) - std::cos(row[0] + row[1]) > 1;
    if (result.ended[b]) result.rewards[b] = 0;
  }
  return result;
}

}  // namespace offprint::worlds
