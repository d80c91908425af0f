#include "offprint/core/pullback.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;

TEST_CASE("pullback: one recording, many products with the transposed Jacobian") {
  Rng rng(1);
  const Tensor A = rng.normal({3, 4}, at::kDouble), x = rng.normal({4}, at::kDouble);
  const Pullback pull([](const Tensors& in) { return in[0].matmul(in[1]).tanh(); }, {A, x});
  CHECK(!pull.value().requires_grad());
  for (int i = 0; i < 3; ++i) {
    const Tensor u = rng.normal({3}, at::kDouble);
    const Tensor slope = u * (1 - pull.value().square());
    CHECK(max_abs_diff(pull(u, {1})[0], A.t().matmul(slope)) < 1e-14);
    const Tensors both = pull(u, {1, 0});
    CHECK(max_abs_diff(both[1], slope.unsqueeze(1) * x) < 1e-14);
  }
}

TEST_CASE("pullback: zeros for what does not matter, an error for what has no gradient") {
  const Tensor x = at::ones({2}, at::kDouble), unused = at::ones({3}, at::kDouble);
  const Tensor index = at::zeros({1}, at::kLong);
  const Pullback pull([](const Tensors& in) { return in[0] * 2; }, {x, unused, index});
  CHECK(max_abs_diff(pull(x, {1})[0], at::zeros({3}, at::kDouble)) == 0);
  CHECK_THROWS_WITH(pull(x, {2}), "pullback: input 2 takes no gradient");
}
