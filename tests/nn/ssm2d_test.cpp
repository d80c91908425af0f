#include "offprint/nn/ssm2d.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

Ssm2d made(const Ssm2dOptions& o, uint64_t seed = 1) {
  Rng rng(seed);
  return make_ssm2d(o, rng);
}

}  // namespace

TEST_CASE("2-D state space: with a period every phase is a sequence of its own") {
  const Ssm2d m = made({.channels = 4, .states = 2, .period = 3});
  Ssm2d each = m;
  each.period = 1;
  const Tensor x = Rng(2).normal({2, 5, 12, 4}), y = forward(m, x);
  for (int64_t phase = 0; phase < 3; ++phase) {
    const auto of_phase = [&](const Tensor& t) { return t.slice(2, phase, None, 3); };
    CHECK(max_abs_diff(of_phase(y), forward(each, of_phase(x))) < 1e-6);
  }
  // A history that begins within a season is one that was zero before.
  CHECK(max_abs_diff(forward(m, x.slice(2, 2)),
                     forward(m, at::pad(x.slice(2, 2), {0, 0, 2, 0})).slice(2, 2)) < 1e-6);
}

TEST_CASE("2-D state space: from both ends of the variates is a flip and a sum") {
  const std::vector<Ssm2d> ways = {made({.channels = 3, .states = 2}, 1),
                                   made({.channels = 3, .states = 2}, 2)};
  const Tensor x = Rng(3).normal({1, 6, 7, 3});
  const Tensor expected = forward(ways[0], x) + forward(ways[1], x.flip(1)).flip(1);
  CHECK(max_abs_diff(forward_ways(ways, x), expected) == 0);
  CHECK(forward_ways({ways[0]}, x).equal(forward(ways[0], x)));
}

TEST_CASE("2-D state space: what is not selective is linear in its input, what is is not") {
  for (const bool selective : {true, false}) {
    const Ssm2d m = made({.channels = 3, .states = 4, .selective = selective});
    const Tensor x = Rng(4).normal({1, 4, 6, 3});
    CHECK((max_abs_diff(forward(m, 2 * x), 2 * forward(m, x)) < 1e-5) == !selective);
  }
}

TEST_CASE("2-D state space: every parameter has a gradient, right by finite differences") {
  for (const Ssm2dOptions& o : {Ssm2dOptions{.channels = 3, .states = 2},
                                {.channels = 2, .states = 2, .scalar = true},
                                {.channels = 2, .states = 3, .period = 2, .selective = false}}) {
    Ssm2d m = made(o);
    Tensors weights;
    for (Parameter& p : parameters_of(m)) weights.push_back(p.tensor.detach().to(at::kDouble));
    for (Tensor& w : weights) w.requires_grad_();
    const Tensor x = Rng(5).normal({1, 3, 5, o.channels}, at::kDouble);
    const auto f = [&](const Tensors& t) {
      Ssm2d n = m;
      size_t i = 0;
      visit(n, [&](const char*, auto& member, const ParameterOptions& = {}) {
        if constexpr (std::is_same_v<std::decay_t<decltype(member)>, Tensor>) {
          if (member.defined()) member = t[i++];
        } else {
          if (member.weight.defined()) member.weight = t[i++];
          if (member.bias.defined()) member.bias = t[i++];
        }
      });
      return forward(n, x);
    };
    CHECK(gradient_check(f, weights) < 1e-6);
    const Tensors slopes = gradients({f(weights).square().sum()}, weights);
    for (const Tensor& slope : slopes) CHECK(slope.abs().max().item<double>() > 0);
  }
}

TEST_CASE("2-D state space: wrong sizes are one line") {
  CHECK_THROWS_AS(made({.channels = 0}), Error);
  CHECK_THROWS_AS(made({.period = 0}), Error);
  CHECK_THROWS_WITH_AS(made({.dt_min = 0.2}), "step sizes from 0.2 to 0.1, expected 0 < min <= max",
                       Error);
  CHECK_THROWS_WITH_AS(forward(made({.channels = 4}), at::zeros({2, 3, 4})),
                       "2-D state space: x is (2,3,4), expected (B,V,L,4)", Error);
}
