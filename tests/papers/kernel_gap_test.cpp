#include "offprint/papers/kernel_gap.h"

#include <doctest/doctest.h>

using namespace offprint;
using namespace offprint::papers;

TEST_CASE("kernel_gap: nothing between equals, and what is off in the output or in one gradient") {
  Rng rng(1);
  const Tensors in = {rng.normal({5}, at::kDouble).requires_grad_(),
                      rng.normal({5}, at::kDouble).requires_grad_()};
  const Kernel product = [](const Tensors& t) { return t[0] * t[1]; };
  CHECK(kernel_gap(product, product, in, rng) == 0);
  const Kernel larger = [](const Tensors& t) { return 1.01 * t[0] * t[1]; };
  CHECK(kernel_gap(larger, product, in, rng) == doctest::Approx(0.01));
  // The same output, half the gradient of the second input.
  const Kernel half = [](const Tensors& t) { return t[0] * (0.5 * t[1] + 0.5 * t[1].detach()); };
  CHECK(kernel_gap(half, product, in, rng) == doctest::Approx(0.5));
}
