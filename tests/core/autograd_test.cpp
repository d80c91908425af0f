#include "offprint/core/autograd.h"

#include <doctest/doctest.h>

#include "offprint/core/rng.h"

using namespace offprint;

namespace {
// y = a^2 b with its gradient written by hand; `wrong` spoils the gradient of b.
Tensor square_times(const Tensor& a, const Tensor& b, double wrong = 1.0) {
  const CustomGradient node{
      "square_times",
      [](const Tensors& in) -> CustomGradient::Result {
        return {{in[0] * in[0] * in[1]}, {in[0], in[1]}};
      },
      [wrong](const Tensors& saved, const Tensors& grad) -> Tensors {
        return {grad[0] * 2 * saved[0] * saved[1], wrong * grad[0] * saved[0] * saved[0]};
      }};
  return apply(node, {a, b})[0];
}
}  // namespace

TEST_CASE(
    "CustomGradient: a right gradient passes the finite-difference check, a wrong one does not") {
  Rng rng(1);
  const Tensor a = rng.normal({3, 2}, at::kDouble).requires_grad_();
  const Tensor b = rng.normal({3, 2}, at::kDouble).requires_grad_();
  CHECK(gradient_check([](const Tensors& t) { return square_times(t[0], t[1]); }, {a, b}) < 1e-8);
  CHECK(gradient_check([](const Tensors& t) { return square_times(t[0], t[1], 1.1); }, {a, b}) >
        1e-2);
}

TEST_CASE("gradients: an input the output does not depend on gets zeros") {
  const Tensor a = at::ones({2}).requires_grad_(), b = at::ones({3}).requires_grad_();
  const Tensors g = gradients({(a * 3).sum()}, {a, b});
  CHECK(g[0].equal(at::full({2}, 3.0f)));
  CHECK(g[1].equal(at::zeros({3})));
  CHECK_FALSE(a.grad().defined());
}

TEST_CASE("CustomGradient: an undefined optional input is allowed and gets no gradient") {
  const CustomGradient node{"add_maybe",
                            [](const Tensors& in) -> CustomGradient::Result {
                              return {{in[1].defined() ? in[0] + in[1] : in[0] * 2}, {}};
                            },
                            [](const Tensors&, const Tensors& grad) -> Tensors {
                              return {grad[0] * 2, Tensor()};
                            }};
  const Tensor a = at::ones({2}).requires_grad_();
  const Tensors g = gradients({apply(node, {a, Tensor()})[0].sum()}, {a});
  CHECK(g[0].equal(at::full({2}, 2.0f)));
}
