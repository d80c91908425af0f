#include "offprint/kernels/recursive_filter.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("recursive filter: equals its steps for short, long and no feedback") {
  Rng rng(1);
  for (const int64_t L : {1, 2, 3, 17, 100, 500})
    for (const int64_t P : {0, 1, 2, 30, 700}) {
      CAPTURE(L);
      CAPTURE(P);
      const Tensor u = rng.normal({3, L}, at::kDouble);
      const Tensor r = rng.uniform({3, P}, -1, 1, at::kDouble) / static_cast<double>(P + 1);
      CHECK(relative_error(recursive_filter(u, r), recursive_filter_reference(u, r)) < 1e-13);
    }
}

TEST_CASE("recursive filter: a running sum and Fibonacci's numbers, whose pole is on the circle") {
  const Tensor one = at::ones({1, 2000}, at::kDouble);
  const Tensor sum = recursive_filter(one, at::ones({1, 1}, at::kDouble));
  CHECK(max_abs_diff(sum[0], at::arange(1, 2001, one.options())) < 1e-9);
  Tensor pulse = at::zeros({1, 30}, at::kDouble);
  pulse[0][0] = 1;
  const Tensor fibonacci = recursive_filter(pulse, at::ones({1, 2}, at::kDouble));
  CHECK(fibonacci[0][29].item<double>() == doctest::Approx(832040).epsilon(1e-12));
}

TEST_CASE("recursive filter: float32 keeps its digits over long sequences") {
  Rng rng(2);
  const Tensor u = rng.normal({2, 4000}), r = rng.uniform({2, 8}, 0.1, 0.12);
  const Tensor exact = recursive_filter_reference(u.to(at::kDouble), r.to(at::kDouble));
  CHECK(relative_error(recursive_filter(u, r), exact) < 1e-6);
}

TEST_CASE("recursive filter: gradients pass the finite-difference check") {
  Rng rng(3);
  for (const int64_t P : {1, 5, 20}) {
    const Tensor u = rng.normal({2, 12}, at::kDouble).requires_grad_();
    const Tensor r = rng.uniform({2, P}, -0.3, 0.3, at::kDouble).requires_grad_();
    const auto f = [](const Tensors& t) { return recursive_filter(t[0], t[1]); };
    CHECK(gradient_check(f, {u, r}) < 1e-7);
  }
}

TEST_CASE("recursive filter: wrong shapes and types are named") {
  const Tensor u = at::zeros({2, 5}), r = at::zeros({2, 1});
  CHECK_THROWS_WITH_AS(recursive_filter(u[0], r), "recursive_filter: u is (5), expected (H,L)",
                       Error);
  CHECK_THROWS_WITH_AS(recursive_filter(u, at::zeros({3, 1})),
                       "recursive_filter: r is (3,1), expected (2,P)", Error);
  CHECK_THROWS_AS(recursive_filter(u, r.to(at::kDouble)), Error);
  CHECK_THROWS_AS(recursive_filter(at::zeros({2, 0}), r), Error);
}
