#include "offprint/models/fractional_path.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::models {
namespace {

// State: x (P,D), y (P,D,K), cost (P).
nn::ScanStep step_of(const FractionalEquation& e, const Control& control, const Rng& rng,
                     int64_t first) {
  return [e, control, rng, first](int64_t i, const Tensors& state) -> Tensors {
    const Tensor &x = state[0], &y = state[1];
    const int64_t step = first + i;
    const double dt = e.driver.dt;
    Tensor normals = nn::step_normals(e.driver, x.size(0), x.size(1), step, rng), cost = state[2];
    Steering steer;
    if (control) {
      steer = control(step, x, y);
      cost = cost + (0.5 * dt) * steer.push.pow(2).sum(1);
    }
    if (steer.log_spread.defined()) {
      const Tensor moves = e.weights.matmul(e.driver.root);  // (R) or (D,R): what moves X
      const Tensor along = moves / moves.pow(2).sum(-1, true).sqrt();
      const Tensor lost = steer.log_spread.exp() - 1;  // (D)
      normals = normals + ((normals * along).sum(2) * lost).unsqueeze(2) * along;
      cost = cost + ((lost + 1).pow(2) / 2 - 0.5 - steer.log_spread).sum();
    }
    const nn::Moved moved = nn::move_terms(e.driver, e.weights, y, normals, steer.push);
    const Tensor drift = e.drift(static_cast<double>(step) * dt, x);
    const Tensor next = e.stratonovich
                            ? nn::stratonovich_milstein(x, drift, e.diffusion, moved.b, dt)
                            : nn::euler_maruyama(x, drift, e.diffusion, moved.b, dt);
    return {next, moved.y, cost};
  };
}

}  // namespace

Rolled roll_out(const FractionalEquation& e, const Control& control, const Tensor& x,
                const RollOptions& o, const Rng& rng) {
  require_dim(x, 2, "roll_out", "x", "(P,D)");
  require(o.keep_every >= 1 && o.steps >= 1 && o.steps % o.keep_every == 0,
          "roll_out: {} steps, expected a multiple of {}", o.steps, o.keep_every);
  Tensor normals = nn::start_normals(e.driver, x.size(0), x.size(1), rng);
  Tensor cost = at::zeros({x.size(0)}, x.options());
  if (o.start_mean.defined()) {
    normals = o.start_mean + o.start_log_spread.exp() * normals;
    cost = cost +
           0.5 * (o.start_mean.pow(2) + (2 * o.start_log_spread).exp() - 1 - 2 * o.start_log_spread)
                     .sum();
  }
  Tensors state = {x, normals.matmul(e.driver.start_root.t()), cost};
  Tensors kept = {x};
  for (int64_t first = 0; first < o.steps; first += o.keep_every) {
    const nn::ScanStep step = step_of(e, control, rng, first);
    if (o.shared.empty())
      for (int64_t i = 0; i < o.keep_every; ++i) state = step(i, state);
    else
      state = nn::checkpointed_scan(step, state, o.shared, o.keep_every);
    kept.push_back(state[0]);
  }
  return {at::stack(kept), state[2]};
}

TimedControl make_timed_control(const nn::FractionalDriver& driver, int64_t dims, int64_t steps,
                                int64_t knots, int64_t hidden, Rng& rng) {
  require(knots >= 2 && steps >= 1, "timed control: {} knots over {} steps, expected >= 2, >= 1",
          knots, steps);
  const int64_t seen = dims * (1 + driver.terms());
  TimedControl m;
  m.steps = steps;
  m.table = at::zeros({knots, dims, 1 + seen}, driver.decay.options());
  m.log_spread = at::zeros({knots, dims}, driver.decay.options());
  if (driver.shape.type == kernels::FbmType::mandelbrot_van_ness) {  // else Y(0) is 0
    m.start_mean = at::zeros({dims, driver.terms()}, driver.decay.options());
    m.start_log_spread = at::zeros_like(m.start_mean);
  }
  std::vector<double> scale;
  for (const double rate : driver.shape.rates) scale.push_back(std::sqrt(2 * std::max(rate, 0.5)));
  if (driver.shape.type == kernels::FbmType::mandelbrot_van_ness)
    for (size_t k = 0; k < scale.size(); ++k) scale[k] = std::sqrt(2 * driver.shape.rates[k]);
  m.y_scale = at::tensor(scale, at::kDouble).to(driver.decay.scalar_type());
  if (hidden > 0) m.rest = nn::make_perceptron({2 + seen, hidden, dims}, rng, true);
  return m;
}

Steering forward(const TimedControl& m, int64_t i, const Tensor& x, const Tensor& y) {
  const Tensor z = at::cat({x, (y * m.y_scale).flatten(1)}, 1);  // (P, D + D K)
  // Knots are even in the logarithm of the time that is left: a pull towards what is seen at the
  // end rises like its inverse.
  const double share = static_cast<double>(i) / static_cast<double>(m.steps);
  const double left = std::log(static_cast<double>(m.steps - i)) /
                      std::log(static_cast<double>(std::max<int64_t>(m.steps, 2)));
  const double place = (1 - left) * static_cast<double>(m.table.size(0) - 1);
  const auto knot = std::min<int64_t>(static_cast<int64_t>(place), m.table.size(0) - 2);
  const double right = place - static_cast<double>(knot);
  const auto at_time = [&](const Tensor& table) {
    return (1 - right) * table[knot] + right * table[knot + 1];
  };
  const Tensor linear = at_time(m.table);
  Steering out{at::linear(z, linear.slice(1, 1), linear.select(1, 0)), at_time(m.log_spread)};
  if (m.rest.layers.empty()) return out;
  const Tensor time =
      at::tensor({std::sin(3 * share), std::cos(3 * share)}, at::kDouble).to(z.scalar_type());
  out.push = out.push + nn::forward(m.rest, at::cat({time.expand({z.size(0), 2}), z}, 1));
  return out;
}

}  // namespace offprint::models
