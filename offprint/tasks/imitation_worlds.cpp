// The worlds of classic_control.h as imitation sees them.
#include <cmath>

#include "offprint/core/numbers.h"
#include "offprint/tasks/imitation.h"
#include "offprint/worlds/classic_control.h"
#include "offprint/worlds/classic_experts.h"

namespace offprint::tasks {
namespace {

template <class World>
ImitationWorld::Moved move(std::vector<double>& states, std::span<const double> actions) {
  World world{std::move(states)};
  const worlds::StepResult r = worlds::step(world, actions);
  states = std::move(world.state);
  return {r.rewards, r.ended};
}

Tensor rows_of(std::span<const double> numbers, int64_t width) {
  return at::from_blob(const_cast<double*>(numbers.data()), {std::ssize(numbers) / width, width},
                       at::kDouble)
      .clone();
}

// Angles as cosine and sine, speeds over a typical size.
Tensor turning(const Tensor& s, int64_t angles, const Tensor& speeds) {
  const Tensor angle = s.narrow(1, 0, angles);
  return at::cat({angle.cos(), angle.sin(), s.narrow(1, angles, angles) / speeds}, 1);
}

// An action within +-limit as one number in +-1, and back.
void act_within(ImitationWorld& world, double limit) {
  world.outputs = 1;
  world.act = [limit](const Tensor& outputs) { return numbers(outputs * limit); };
  world.label = [limit](std::span<const double> a) { return rows_of(a, 1) / limit; };
}

// Two actions, -limit and limit, as classes.
void act_by_class(ImitationWorld& world, double limit) {
  world.outputs = 2, world.classes = true;
  world.act = [limit](const Tensor& outputs) {
    const Tensor up = outputs.select(1, 1) > outputs.select(1, 0);
    return numbers((up.to(at::kDouble) * 2 - 1) * limit);
  };
  world.label = [](std::span<const double> a) {
    const Tensor up = (rows_of(a, 1) > 0).to(at::kDouble);
    return at::cat({1 - up, up}, 1);
  };
}

ImitationWorld cart_pole() {
  ImitationWorld w{.name = "cart-pole", .width = 4, .features = 4, .horizon = 500};
  w.start = [](int64_t rows, Rng rng) { return worlds::start_cart_pole(rows, rng).state; };
  w.step = move<worlds::CartPole>;
  w.expert = worlds::cart_pole_expert;
  w.encode = [](std::span<const double> s) {
    return rows_of(s, 4) / at::tensor({0.5, 0.5, 0.1, 0.5}, at::kDouble);
  };
  act_within(w, worlds::CartPole::kForce);
  return w;
}

ImitationWorld pendulum() {
  ImitationWorld w{.name = "pendulum", .width = 2, .features = 3, .horizon = 200};
  w.start = [](int64_t rows, Rng rng) { return worlds::start_pendulum(rows, rng).state; };
  w.step = move<worlds::Pendulum>;
  w.expert = worlds::pendulum_expert;
  w.encode = [](std::span<const double> s) {
    return turning(rows_of(s, 2), 1, at::tensor({4.0}, at::kDouble));
  };
  act_within(w, worlds::Pendulum::kTorque);
  return w;
}

ImitationWorld acrobot() {
  ImitationWorld w{.name = "acrobot", .width = 4, .features = 6, .horizon = 300};
  w.start = [](int64_t rows, Rng rng) { return worlds::start_acrobot(rows, rng).state; };
  w.step = move<worlds::Acrobot>;
  w.expert = worlds::acrobot_expert;
  w.encode = [](std::span<const double> s) {
    return turning(rows_of(s, 4), 2, at::tensor({2.0, 4.0}, at::kDouble));
  };
  act_by_class(w, worlds::Acrobot::kTorque);
  return w;
}

}  // namespace

std::vector<ImitationWorld> imitation_worlds() { return {cart_pole(), pendulum(), acrobot()}; }

}  // namespace offprint::tasks
