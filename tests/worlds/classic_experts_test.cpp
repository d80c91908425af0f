#include "offprint/worlds/classic_experts.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/worlds/classic_control.h"

using namespace offprint;
using namespace offprint::worlds;

TEST_CASE("regulator: a scalar system's gain is the root of its quadratic equation") {
  const auto scalar = [](double x) { return at::full({1, 1}, x, at::kDouble); };
  const double a = 1.2, b = 0.7, q = 2, r = 0.5;
  const double gain = regulator_gain(scalar(a), scalar(b), scalar(q), scalar(r)).item<double>();
  // P = q + a^2 P r / (r + b^2 P), K = a b P / (r + b^2 P).
  const double half = (r * (a * a - 1) + b * b * q) / (2 * b * b);
  const double P = half + std::sqrt(half * half + q * r / (b * b));
  CHECK(gain == doctest::Approx(a * b * P / (r + b * b * P)));
  CHECK(std::abs(a - b * gain) < 1);
  CHECK_THROWS_WITH_AS(regulator_gain(scalar(2), scalar(0), scalar(1), scalar(1)),
                       "regulator: the Riccati equation does not converge", Error);
}

TEST_CASE("experts: the pole stays up for 500 steps from every start") {
  CartPole world = start_cart_pole(64, Rng{1});
  for (int t = 0; t < 500; ++t) {
    const StepResult r = step(world, cart_pole_expert(world.state));
    for (const uint8_t ended : r.ended) REQUIRE(ended == 0);
  }
}

TEST_CASE("experts: the pendulum swings up from anywhere and stays") {
  Pendulum world = start_pendulum(200, Rng{2});
  for (int t = 0; t < 200; ++t) step(world, pendulum_expert(world.state));
  int up = 0;
  for (int t = 0; t < 200; ++t) step(world, pendulum_expert(world.state));
  for (size_t b = 0; b < 200; ++b) up += std::cos(world.state[2 * b]) > 0.99;
  CHECK(up == 200);
}

TEST_CASE("experts: the acrobot reaches its height within 250 steps") {
  Acrobot world = start_acrobot(100, Rng{3});
  std::vector<int> first(100, 1000);
  for (int t = 0; t < 250; ++t) {
    const StepResult r = step(world, acrobot_expert(world.state));
    for (size_t b = 0; b < 100; ++b)
      if (r.ended[b]) first[b] = std::min(first[b], t);
  }
  for (const int t : first) CHECK(t < 250);
}

TEST_CASE("experts: a broken row is one line") {
  CHECK_THROWS_WITH_AS(pendulum_expert(std::vector{1.0, 2.0, 3.0}),
                       "expert: 3 numbers, expected rows of 2", Error);
}
