#include "offprint/models/fractional_path.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

namespace {

Tensor ones(const Tensor& x) { return at::ones_like(x); }

FractionalEquation line(const kernels::MarkovFbm& m, double pull, double dt, at::ScalarType type) {
  return {.driver = nn::make_driver(m, dt, type),
          .weights = at::tensor(m.weights, at::kDouble).to(type),
          .drift = [pull](double, const Tensor& x) { return -pull * x; },
          .diffusion = ones};
}

}  // namespace

TEST_CASE("fractional path: gradients of the bound are finite differences of common noise") {
  const kernels::MarkovFbm m = kernels::make_mfbm(0.5, 5, 1);
  Rng rng(1);
  const nn::FractionalDriver driver = nn::make_driver(m, 0.05, at::kDouble);
  const nn::Perceptron net = nn::make_perceptron({2, 6, 2}, rng);
  const Tensor hurst = at::tensor({0.3, 0.7}, at::kDouble).set_requires_grad(true);
  const Tensor w1 = net.layers[0].weight.to(at::kDouble).detach().set_requires_grad(true);
  const Tensor gain = (0.3 * rng.normal({2, 12}, at::kDouble)).set_requires_grad(true);
  const Tensor start = rng.normal({3, 2}, at::kDouble).set_requires_grad(true);
  const Tensor spread = at::tensor({-0.5, 0.2}, at::kDouble).set_requires_grad(true);
  const Tensor first = rng.normal({2, 5}, at::kDouble).set_requires_grad(true);
  for (const bool stratonovich : {false, true})
    for (const bool lean : {false, true}) {
      const auto bound = [&](const Tensors& in) {
        FractionalEquation e{
            .driver = driver,
            .weights = kernels::mfbm_weights(in[0], m),
            .drift =
                [&](double t, const Tensor& x) {
                  return at::tanh(at::linear(x, in[1])).slice(1, 0, 2) - t * x;
                },
            .diffusion = [](const Tensor& x) { return 0.5 + 0.2 * at::sigmoid(x); },
            .stratonovich = stratonovich};
        const Control control = [in](int64_t, const Tensor& x, const Tensor& y) -> Steering {
          return {at::linear(at::cat({x, y.flatten(1) * 0.1}, 1), in[2]), in[4]};
        };
        RollOptions o{.steps = 12, .keep_every = 6};
        o.start_mean = in[5], o.start_log_spread = 0.3 * in[5];
        if (lean) o.shared = {e.weights, in[1], in[2], in[4]};
        const Rolled r = roll_out(e, control, in[3], o, Rng(5));
        return r.cost.sum() + (r.x[2] - 1).pow(2).sum() + 0.3 * r.x[1].pow(2).sum();
      };
      CHECK(gradient_check(bound, {hurst, w1, gain, start, spread, first}, 1e-5) < 1e-5);
    }
}

TEST_CASE("fractional path: the checkpointed adjoint is full backpropagation, a fifth of it kept") {
  const kernels::MarkovFbm m = kernels::make_mfbm(0.3, 5, 1);
  struct Run {
    Tensor gradient;
    double most = 0;  // MiB in use, seen from within the steps
  };
  const auto run = [&](bool lean) {
    Rng rng(2);
    Run out;
    const double before = memory_in_use_mib();
    FractionalEquation e = line(m, 1, 0.001, at::kDouble);
    const auto see = e.drift;
    e.drift = [&](double t, const Tensor& x) {
      out.most = std::max(out.most, memory_in_use_mib() - before);
      return see(t, x);
    };
    TimedControl control = make_timed_control(e.driver, 1, 1000, 8, 0, rng);
    control.table = 0.1 * rng.normal(control.table.sizes(), at::kDouble);
    nn::parameters_of(control);
    RollOptions o{.steps = 1000, .keep_every = 1000};
    if (lean) o.shared = {control.table, control.log_spread};
    const Rolled r = roll_out(
        e, [&](int64_t i, const Tensor& x, const Tensor& y) { return forward(control, i, x, y); },
        at::zeros({64, 1}, at::kDouble), o, Rng(3));
    out.gradient = gradients({(r.cost + r.x[1].squeeze(1).pow(2)).sum()}, {control.table})[0];
    return out;
  };
  const Run whole = run(false), lean = run(true);
  CHECK(relative_error(lean.gradient, whole.gradient) < 1e-6);
#ifndef __SANITIZE_ADDRESS__  // its heap keeps what was freed
  CHECK(lean.most < 0.2 * whole.most);
#endif
}

TEST_CASE("fractional path: a quiet control costs nothing and changes nothing") {
  const FractionalEquation e = line(kernels::make_mfbm(0.7, 5, 1), 1, 0.05, at::kFloat);
  Rng rng(4);
  const TimedControl quiet = make_timed_control(e.driver, 2, 20, 4, 8, rng);
  const Tensor start = at::zeros({9, 2});
  const Rolled prior = roll_out(e, {}, start, {.steps = 20, .keep_every = 5}, Rng(1));
  const Rolled same = roll_out(
      e, [&](int64_t i, const Tensor& x, const Tensor& y) { return forward(quiet, i, x, y); },
      start, {.steps = 20, .keep_every = 5}, Rng(1));
  CHECK(prior.x.equal(same.x));
  CHECK(same.cost.abs().max().item<double>() == 0);
  CHECK_THROWS_WITH_AS(roll_out(e, {}, start, {.steps = 10, .keep_every = 3}, Rng(1)),
                       "roll_out: 10 steps, expected a multiple of 3", Error);
}
