#include "offprint/nn/losses.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;

TEST_CASE("cross entropy: hand-computed, with and without label smoothing") {
  const Tensor logits = at::tensor({std::log(3.0), 0.0}, at::kDouble).view({1, 2});  // p = 3/4, 1/4
  const Tensor label = at::tensor({int64_t{1}});
  CHECK(nn::cross_entropy(logits, label).item<double>() == doctest::Approx(std::log(4.0)));
  // target 0.1 on class 0 and 0.9 on class 1
  const double smoothed = -0.1 * std::log(0.75) - 0.9 * std::log(0.25);
  CHECK(nn::cross_entropy(logits, label, 0.2).item<double>() == doctest::Approx(smoothed));
}

TEST_CASE("regression losses: hand-computed") {
  const Tensor a = at::tensor({1.0f, 2.0f}), b = at::tensor({2.0f, -1.0f});
  CHECK(nn::mean_squared_error(a, b).item<double>() == doctest::Approx(5.0));
  CHECK(nn::root_mean_squared_error(a, b).item<double>() == doctest::Approx(std::sqrt(5.0)));
  CHECK(nn::mean_absolute_error(a, b).item<double>() == doctest::Approx(2.0));
}

TEST_CASE("losses: shapes that would broadcast are refused") {
  CHECK_THROWS_WITH_AS(nn::mean_squared_error(at::zeros({3, 1}), at::zeros({3})),
                       "mean_squared_error: prediction is (3,1), target is (3)", Error);
  CHECK_THROWS_WITH_AS(nn::cross_entropy(at::zeros({3, 2}), at::zeros({2}, at::kLong)),
                       "cross_entropy: labels is (2), expected (3)", Error);
}
