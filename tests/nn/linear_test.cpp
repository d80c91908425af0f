#include "offprint/nn/linear.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"

using namespace offprint;

TEST_CASE("linear: a hand-computed case") {
  const nn::Linear m{at::tensor({1.0f, 2.0f, 3.0f, 4.0f}).view({2, 2}), at::tensor({0.5f, -1.0f})};
  CHECK(nn::forward(m, at::tensor({10.0f, 1.0f})).equal(at::tensor({12.5f, 33.0f})));
}

TEST_CASE("linear: over channels equals over the last dimension of the transposed signal") {
  Rng rng(1);
  for (const bool bias : {true, false}) {
    const nn::Linear m = nn::make_linear(5, 7, rng, bias);
    const Tensor x = rng.normal({3, 5, 11});
    const Tensor expected = nn::forward(m, x.transpose(1, 2)).transpose(1, 2);
    CHECK(max_abs_diff(nn::forward_channels(m, x), expected) < 1e-6);
  }
}

TEST_CASE("linear: gradients over channels pass the finite-difference check") {
  Rng rng(2);
  const auto f = [](const Tensors& t) { return nn::forward_channels({t[0], t[1]}, t[2]); };
  const Tensors inputs{rng.normal({4, 3}, at::kDouble).requires_grad_(),
                       rng.normal({4}, at::kDouble).requires_grad_(),
                       rng.normal({2, 3, 5}, at::kDouble).requires_grad_()};
  CHECK(gradient_check(f, inputs) < 1e-7);
}

TEST_CASE("linear: a wrong width is named") {
  Rng rng(3);
  const nn::Linear m = nn::make_linear(5, 7, rng);
  CHECK_THROWS_WITH_AS(nn::forward(m, at::zeros({2, 4})), "linear: x is (2,4), expected (...,5)",
                       Error);
  CHECK_THROWS_WITH_AS(nn::forward_channels(m, at::zeros({2, 4, 3})),
                       "linear: x is (2,4,3), expected (B,5,L)", Error);
}
