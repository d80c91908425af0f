// Three small environments in batched form, with the equations and limits of the field: CartPole
// (Barto, Sutton & Anderson 1983; Florian 2007), Pendulum, and Acrobot (Sutton & Barto 1998,
// section 11.3). States are (B, kState) doubles, row by row; an environment draws no random number
// after its start.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "offprint/core/rng.h"

namespace offprint::worlds {

struct StepResult {
  std::vector<double> rewards;  // (B)
  std::vector<uint8_t> ended;   // (B), 1 where the episode is over after this step
};

// State (x [m], x' [m/s], theta [rad, 0 upright], theta' [rad/s]); action the force [N], clipped to
// +-10. Over at |x| > 2.4 or |theta| > 12 degrees; reward 1 a step. Euler, 0.02 s.
struct CartPole {
  static constexpr int64_t kState = 4;
  static constexpr double kForce = 10, kSeconds = 0.02;
  std::vector<double> state;  // (B,4)
};
// State (theta [rad, 0 upright], theta' [rad/s, within 8]); action the torque [N m], clipped to
// +-2. Never over; reward -(theta^2 + 0.1 theta'^2 + 0.001 u^2), theta within [-pi, pi). 0.05 s.
struct Pendulum {
  static constexpr int64_t kState = 2;
  static constexpr double kTorque = 2, kSpeed = 8, kSeconds = 0.05;
  std::vector<double> state;  // (B,2)
};
// State (theta1 [rad, 0 hanging], theta2 [rad, relative], their speeds within 4 pi and 9 pi [1/s]);
// action the torque at the elbow, clipped to +-1. Over where -cos(t1) - cos(t1 + t2) > 1; reward -1
// a step, 0 at the end. Runge-Kutta 4, 0.2 s.
struct Acrobot {
  static constexpr int64_t kState = 4;
  static constexpr double kTorque = 1, kSeconds = 0.2;
  std::vector<double> state;  // (B,4)
};

// B starts: uniform in +-0.05; angle in +-pi with speed in +-1; uniform in +-0.1.
CartPole start_cart_pole(int64_t batch, Rng rng);
Pendulum start_pendulum(int64_t batch, Rng rng);
Acrobot start_acrobot(int64_t batch, Rng rng);

// One step of every row under its action, (B). Rows that are over move on: the caller keeps count.
// Throws Error unless there is one finite action a row.
StepResult step(CartPole& world, std::span<const double> actions);
StepResult step(Pendulum& world, std::span<const double> actions);
StepResult step(Acrobot& world, std::span<const double> actions);

}  // namespace offprint::worlds
