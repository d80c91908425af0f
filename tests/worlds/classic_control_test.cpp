#include "offprint/worlds/classic_control.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;

namespace {

// The last states below are what gymnasium's environments reach from the same start and actions.
template <class World>
void check_reaches(const World& world, const StepResult& last, std::vector<double> state,
                   double reward) {
  REQUIRE(world.state.size() == state.size());
  for (size_t i = 0; i < state.size(); ++i) CHECK(std::abs(world.state[i] - state[i]) < 1e-10);
  CHECK(std::abs(last.rewards[0] - reward) < 1e-10);
}

}  // namespace

TEST_CASE("CartPole follows the field's implementation, and falls in the same step") {
  CartPole world{{0.01, -0.02, 0.03, 0.04}};
  for (int i = 0; i < 20; ++i) {
    const StepResult r = step(world, std::array{i % 3 == 0 ? -10.0 : 10.0});
    CHECK(r.ended[0] == (i == 19));
    if (i == 9)
      check_reaches(world, r, {0.0406938370406, 0.36606680639, -0.00525712314888, -0.453241933046},
                    1);
  }
}

TEST_CASE("Pendulum follows the field's implementation, clipped speed and reward included") {
  Pendulum world{{2.0, 0.5}};
  StepResult r;
  for (int i = 0; i < 100; ++i) r = step(world, std::array{2 * std::sin(i)});
  check_reaches(world, r, {2.37089206116, -3.59842223797}, -7.89181673896);
}

TEST_CASE("Acrobot follows the field's implementation") {
  Acrobot world{{0.05, -0.02, 0.03, 0.04}};
  StepResult r;
  for (int i = 0; i < 100; ++i) r = step(world, std::array{static_cast<double>(i / 7 % 3) - 1});
  check_reaches(world, r, {-0.113147507219, 0.354506644724, -0.000948307997998, -0.308857534589},
                -1);
}

TEST_CASE("rows of a batch do not know each other, and a wrong action is named") {
  CartPole both = start_cart_pole(2, Rng(5));
  CartPole second{{both.state.begin() + 4, both.state.end()}};
  step(both, std::array{-10.0, 3.0});
  step(second, std::array{3.0});
  for (size_t i = 0; i < 4; ++i) CHECK(both.state[4 + i] == second.state[i]);
  CHECK_THROWS_AS(step(both, std::array{1.0}), Error);
  CHECK_THROWS_AS(step(both, std::array{1.0, std::numeric_limits<double>::quiet_NaN()}), Error);
  CHECK_THROWS_AS(start_acrobot(0, Rng(1)), Error);
}
