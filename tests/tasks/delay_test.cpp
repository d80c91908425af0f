#include "offprint/tasks/delay.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/fft_conv.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("delay task: the target is the input `lag` steps before, of unit variance") {
  Rng rng(1);
  const DelayData data = make_delay({.length = 256, .lag = 40, .band = 0.5}, 8, rng);
  CHECK(data.target.narrow(2, 40, 216).equal(data.u.narrow(2, 0, 216)));
  CHECK(data.target.narrow(2, 0, 40).abs().max().item<double>() == 0.0);
  CHECK(data.u.square().mean().item<double>() == doctest::Approx(1.0));
}

TEST_CASE("delay task: the noise stays in its band") {
  Rng rng(2);
  const DelayData data = make_delay({.length = 4096, .lag = 0, .band = 0.25}, 4, rng);
  const Tensor power = at::fft_rfft(data.u, 4096, -1).abs().square().sum({0, 1});
  const double inside = power.narrow(0, 0, 600).sum().item<double>();
  CHECK(inside / power.sum().item<double>() > 0.98);
  CHECK(power.narrow(0, 0, 480).mean().item<double>() >
        1000 * power.narrow(0, 600, 1400).mean().item<double>());
}

TEST_CASE("delay_error: the exact delay scores 0, silence 1") {
  Rng rng(3);
  const DelayData data = make_delay({.length = 128, .lag = 17, .band = 1.0}, 3, rng);
  Tensor kernel = at::zeros({1, 128});
  kernel[0][17] = 1.0;
  CHECK(delay_error(kernels::fft_conv(data.u, kernel), data) < 1e-10);
  CHECK(delay_error(at::zeros_like(data.u), data) == 1.0);
}

TEST_CASE("DelayObjective: training the taps of a free kernel finds the delay") {
  Rng rng(4);
  const DelayData data = make_delay({.length = 64, .lag = 9, .band = 1.0}, 64, rng);
  Tensor taps = at::zeros({1, 16});
  taps.set_requires_grad(true);
  DelayObjective objective(
      {{"taps", taps, {}}}, [&](const Tensor& u) { return kernels::fft_conv(u, taps); }, data);
  TrainOptions options;
  options.steps = 300;
  options.optimizer.lr = 0.05, options.optimizer.weight_decay = 0;
  Progress silent;
  train(objective, options, Rng(5), silent);
  Tensor wanted = at::zeros({1, 16});
  wanted[0][9] = 1.0;
  CHECK(max_abs_diff(taps, wanted) < 0.01);
}

TEST_CASE("delay task: impossible lags and bands are named") {
  Rng rng(6);
  CHECK_THROWS_WITH_AS(make_delay({.length = 10, .lag = 10, .band = 1.0}, 1, rng),
                       "delay task: lag 10 of 10 steps, expected 0 <= lag < steps", Error);
  CHECK_THROWS_AS(make_delay({.length = 10, .lag = 1, .band = 0.0}, 1, rng), Error);
}
