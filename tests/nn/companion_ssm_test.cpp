#include "offprint/nn/companion_ssm.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/companion.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

// Step by step: x <- A x + B u, y = C x + D u. x (B,H,d), u (B,H).
Tensor step(const CompanionSsm& m, Tensor& x, const Tensor& u) {
  const Tensor A = kernels::companion_matrix(stable_column(m));
  x = at::einsum("hij,bhj->bhi", {A, x}) + m.B * u.unsqueeze(-1);
  const Tensor y = (m.C * x).sum(-1);
  return m.D.defined() ? y + m.D * u : y;
}

}  // namespace

TEST_CASE("companion SSM: recurrence and convolution agree") {
  for (const int64_t d : {1, 4, 40}) {
    Rng rng(1);
    const CompanionSsm m = make_companion_ssm(3, d, rng, at::kDouble);
    const Tensor u = rng.normal({2, 3, 60}, at::kDouble), y = convolve(m, u);
    Tensor x = at::zeros({2, 3, d}, at::kDouble);
    for (int64_t k = 0; k < 60; ++k)
      CHECK(max_abs_diff(step(m, x, u.select(2, k)), y.select(2, k)) < 1e-11);
  }
}

TEST_CASE("companion SSM: whatever a is, the response stays bounded over 2000 steps") {
  Rng rng(2);
  CompanionSsm m = make_companion_ssm(4, 16, rng);
  m.a.mul_(100);
  Tensor pulse = at::zeros({1, 4, 2000});
  pulse.select(2, 0).fill_(1);
  CHECK(convolve(m, pulse).abs().max().item<double>() < 100);
  m.a.mul_(0);
  CHECK(stable_column(m).abs().max().item<double>() == 0);
}

TEST_CASE("companion SSM: noise comes out about as loud as it went in") {
  Rng rng(3);
  const CompanionSsm m = make_companion_ssm(64, 32, rng);
  const double loud = convolve(m, rng.normal({4, 64, 300})).square().mean().item<double>();
  CHECK(loud > 0.5);
  CHECK(loud < 10);
}

TEST_CASE("closed loop: its roll-out is the recurrence fed with K x") {
  Rng rng(4);
  ClosedLoop m = make_closed_loop(2, 5, rng, at::kDouble);
  m.K = 0.3 * rng.normal({2, 5}, at::kDouble);
  const Tensor u = rng.normal({3, 2, 20}, at::kDouble);
  const RollOut ahead = roll_out(m, u, 30);
  Tensor x = at::zeros({3, 2, 5}, at::kDouble), y;
  for (int64_t k = 0; k < 20; ++k) y = step(m.ssm, x, u.select(2, k));
  for (int64_t k = 0; k < 30; ++k) {
    CHECK(max_abs_diff(ahead.outputs.select(2, k), y) < 1e-11);
    const Tensor next = (m.K * x).sum(-1);
    CHECK(max_abs_diff(ahead.inputs.select(2, k), next) < 1e-11);
    y = step(m.ssm, x, next);
  }
  CHECK(max_abs_diff(ahead.outputs.select(2, 0), convolve(m.ssm, u).select(2, 19)) < 1e-11);
  CHECK(max_abs_diff(roll_out(m, u, 7).outputs, ahead.outputs.slice(2, 0, 7)) < 1e-12);
}

TEST_CASE("companion SSM and closed loop: gradients pass the finite-difference check") {
  Rng rng(5);
  ClosedLoop m = make_closed_loop(2, 4, rng, at::kDouble);
  m.K = 0.3 * rng.normal({2, 4}, at::kDouble);
  Tensors inputs = {rng.normal({2, 2, 9}, at::kDouble).requires_grad_()};
  for (const Parameter& p : parameters_of(m)) inputs.push_back(p.tensor);
  CHECK(inputs.size() == 5);
  m.ssm.a.detach().mul_(1.7);  // where the norm is at work
  const auto f = [&](const Tensors& t) {
    const RollOut ahead = roll_out(m, t[0], 6);
    return at::cat({ahead.outputs, ahead.inputs, convolve(m.ssm, t[0])}, 2);
  };
  CHECK(gradient_check(f, inputs) < 1e-6);
}

TEST_CASE("preprocessing: differences and moving average residuals by hand") {
  const Tensor u = at::tensor({1., 4., 2., 7., 3.}, at::kDouble).view({1, 1, 5});
  const Tensor y = preprocess(u, 2, {2})[0];
  CHECK(max_abs_diff(y[0], u[0][0]) < 1e-12);
  CHECK(max_abs_diff(y[1], at::tensor({1., 3., -2., 5., -4.}, at::kDouble)) < 1e-12);
  CHECK(max_abs_diff(y[2], at::tensor({1., 2., -5., 7., -9.}, at::kDouble)) < 1e-12);
  CHECK(max_abs_diff(y[3], at::tensor({.5, 1.5, -1., 2.5, -2.}, at::kDouble)) < 1e-12);
  CHECK(preprocess(at::zeros({2, 3, 9}), 1, {4, 6}).sizes() == at::IntArrayRef{2, 12, 9});
}

TEST_CASE("preprocessing: its heads are companion filters with a = 0 and B = e_1") {
  const Tensor taps = preprocessing_taps(3, {4, 12});
  Tensor first = at::zeros_like(taps);
  first.select(1, 0).fill_(1);
  const Tensor filter = kernels::companion_filter(at::zeros_like(taps), first, taps, 20);
  CHECK(max_abs_diff(filter.slice(1, 0, 12), taps) < 1e-6);
  CHECK(filter.slice(1, 12).abs().max().item<double>() < 1e-6);
}

TEST_CASE("companion SSM: wrong sizes are one line") {
  Rng rng(6);
  CHECK_THROWS_WITH_AS(make_companion_ssm(2, 0, rng),
                       "companion ssm: 2 channels of 0 states, expected >= 1", Error);
  CHECK_THROWS_WITH_AS(preprocessing_taps(1, {1}),
                       "preprocessing: a moving average over 1, expected >= 2", Error);
  CHECK_THROWS_AS(preprocessing_taps(-1, {}), Error);
}
