#include "offprint/nn/mamba.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

Mamba small(uint64_t seed, MambaOptions o = {.d_model = 6, .d_state = 3}) {
  Rng rng(seed);
  return make_mamba(o, rng);
}

}  // namespace

TEST_CASE("Mamba: step by step and as a whole give the same") {
  for (const MambaOptions& o :
       {MambaOptions{.d_model = 6, .d_state = 3},
        {.d_model = 5, .d_state = 1, .expand = 1, .taps = 2},
        {.d_model = 4, .d_state = 4, .expand = 1, .taps = 1, .dt_rank = 3}}) {
    const Mamba m = small(1, o);
    const Tensor u = Rng(2).normal({2, 50, o.d_model});
    const Tensor whole = forward(m, u);
    MambaState state = start(m, 2);
    Tensors steps;
    for (int64_t t = 0; t < 50; ++t) steps.push_back(step(m, state, u.select(1, t)));
    CHECK(max_abs_diff(at::stack(steps, 1), whole) < 1e-5);
  }
}

TEST_CASE("Mamba: causal, and it reaches back beyond its convolution") {
  const Mamba m = small(3);
  const Tensor u = Rng(4).normal({1, 40, 6});
  Tensor later = u.clone(), earlier = u.clone();
  later.slice(1, 20).fill_(100);
  CHECK(forward(m, u).slice(1, 0, 20).equal(forward(m, later).slice(1, 0, 20)));
  earlier.slice(1, 0, 1).fill_(5);
  CHECK(max_abs_diff(forward(m, u).slice(1, 30), forward(m, earlier).slice(1, 30)) > 1e-6);
}

TEST_CASE("Mamba: begins with A = -1 .. -N and steps in [1e-3, 0.1]") {
  const Mamba m = small(5, {.d_model = 64, .d_state = 4});
  CHECK(max_abs_diff(at::exp(m.A_log[7]), at::tensor({1.f, 2.f, 3.f, 4.f})) < 1e-6);
  const Tensor dt = at::softplus(m.step.bias);
  CHECK(dt.min().item<double>() > 0.99e-3);
  CHECK(dt.max().item<double>() < 0.101);
  CHECK(dt.log().std().item<double>() > 1);  // over the whole range: log(100)/sqrt(12) = 1.33
}

TEST_CASE("Mamba: every parameter has a gradient, right by finite differences") {
  Mamba m = small(6, {.d_model = 3, .d_state = 2, .expand = 1, .taps = 2});
  Tensors weights;
  for (Parameter& p : parameters_of(m)) weights.push_back(p.tensor.detach().to(at::kDouble));
  for (Tensor& w : weights) w.requires_grad_();
  const Tensor u = Rng(7).normal({2, 5, 3}, at::kDouble);
  const auto f = [&](const Tensors& t) {
    const Mamba n{{t[0], {}}, {t[1], t[2]}, {t[3], {}}, {t[4], t[5]}, t[6], t[7], {t[8], {}}};
    return forward(n, u);
  };
  CHECK(weights.size() == 9);
  CHECK(gradient_check(f, weights) < 1e-6);
}

TEST_CASE("causal convolution: along steps and along channels agree") {
  Rng rng(8);
  const CausalConv conv = make_causal_conv(4, 3, 2, rng);
  const Tensor x = rng.normal({2, 4, 9});
  CHECK(max_abs_diff(forward_steps(conv, x.transpose(1, 2)).transpose(1, 2), forward(conv, x)) <
        1e-6);
}

TEST_CASE("Mamba: sizes that make no sense are one line") {
  CHECK_THROWS_AS(small(1, {.d_model = 0}), Error);
  CHECK_THROWS_AS(small(1, {.d_model = 4, .dt_min = 0.2}), Error);
  CHECK_THROWS_WITH_AS(forward(small(1), at::zeros({2, 6})), "mamba: u is (2,6), expected (B,L,D)",
                       Error);
}
