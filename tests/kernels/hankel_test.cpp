#include "offprint/kernels/hankel.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::kernels;

TEST_CASE("hankel: five values and two lags, by hand") {
  const Tensor H = hankel(at::tensor({1.0, 2.0, 3.0, 4.0, 5.0}, at::kDouble).unsqueeze(0), 2)[0];
  const Tensor expected =
      at::tensor({1.0, 2.0, 3.0, 4.0, 2.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0, 0.0}, at::kDouble);
  CHECK(max_abs_diff(H.flatten(), expected) == 0);
}

TEST_CASE(
    "hankel: G by running sums equals its definition; a column more is an update of rank one") {
  Rng rng(1);
  for (const int64_t p : {1, 3, 7}) {
    const Tensor x = rng.normal({20, 40 + p}, at::kDouble);
    const Tensor all = hankel_gram(x, p);
    CHECK(max_abs_diff(all, hankel_gram_reference(x, p)) < 1e-13);
    const Tensor before = hankel_gram(x.slice(1, 0, -1), p);
    CHECK(max_abs_diff(append_to_gram(before, 39, x.slice(1, -p - 1)), all) < 1e-13);
  }
}

TEST_CASE("hankel: least squares inside a window continues a recursion exactly") {
  Tensor x = at::empty({1, 12}, at::kDouble);
  auto row = x.accessor<double, 2>();
  row[0][0] = 1, row[0][1] = -0.5;
  for (int64_t t = 2; t < 12; ++t) row[0][t] = 0.9 * row[0][t - 1] - 0.7 * row[0][t - 2];
  const double next = 0.9 * row[0][11] - 0.7 * row[0][10];
  CHECK(in_context_least_squares(x, 2)[0].item<double>() == doctest::Approx(next).epsilon(1e-6));
  CHECK(in_context_least_squares(at::zeros({1, 9}), 2)[0].item<double>() == 0);
}

TEST_CASE("hankel: windows that are too short are named") {
  CHECK_THROWS_WITH_AS(hankel(at::zeros({2, 3}), 3),
                       "hankel: 3 values a window for 3 lags, expected more than lags", Error);
  CHECK_THROWS_AS(hankel_gram(at::zeros({3}), 1), Error);
  CHECK_THROWS_AS(append_to_gram(at::zeros({2, 3, 3}), 4, at::zeros({2, 2})), Error);
}
