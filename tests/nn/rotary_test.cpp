#include "offprint/nn/rotary.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::nn;

TEST_CASE("rotary: a pair is turned by its position times its rate, by hand") {
  const Rotary r = make_rotary(8, 4, 100.0, RotaryPairs::neighbours);  // rates 1 and 0.1
  const Tensor x = at::tensor({1.f, 0.f, 0.f, 2.f}).view({1, 1, 1, 4});
  const Tensor y = rotate(r, x, 3).view({4});
  CHECK(y[0].item<double>() == doctest::Approx(std::cos(3.0)));
  CHECK(y[1].item<double>() == doctest::Approx(std::sin(3.0)));
  CHECK(y[2].item<double>() == doctest::Approx(-2 * std::sin(0.3)));
  CHECK(y[3].item<double>() == doctest::Approx(2 * std::cos(0.3)));
}

TEST_CASE(
    "rotary: products of queries and keys depend on their distance alone, for both pairings") {
  Rng rng(1);
  for (const RotaryPairs pairs : {RotaryPairs::neighbours, RotaryPairs::halves}) {
    const Rotary r = make_rotary(100, 8, 1e4, pairs);
    const Tensor q = rng.normal({1, 1, 2, 8}), k = rng.normal({1, 1, 2, 8});
    const auto product = [&](int64_t at, int64_t before) {
      return (rotate(r, q, at) * rotate(r, k, before)).sum().item<double>();
    };
    CHECK(product(7, 3) == doctest::Approx(product(90, 86)).epsilon(1e-4));
    CHECK(std::abs(product(7, 3) - product(7, 4)) > 1e-3);
  }
}

TEST_CASE("rotary: halves are neighbours in another order, and factors slow a pair down") {
  Rng rng(2);
  const Tensor x = rng.normal({2, 5, 3, 6});
  const Tensor order = at::tensor({0, 3, 1, 4, 2, 5}, at::kLong);
  const Tensor apart = rotate(make_rotary(9, 6, 1e4, RotaryPairs::halves), x, 2);
  const Tensor together =
      rotate(make_rotary(9, 6, 1e4, RotaryPairs::neighbours), x.index_select(3, order), 2);
  CHECK(max_abs_diff(apart.index_select(3, order), together) < 1e-6);
  const Rotary slow = make_rotary(9, 6, 1e4, RotaryPairs::halves, at::full({3}, 4.0));
  CHECK(max_abs_diff(slow.cosine[8], make_rotary(9, 6, 1e4, RotaryPairs::halves).cosine[2]) < 1e-6);
}

TEST_CASE("rotary: positions past the last and odd sizes are one line") {
  const Rotary r = make_rotary(4, 2, 1e4, RotaryPairs::halves);
  CHECK_THROWS_WITH_AS(rotate(r, at::ones({1, 2, 1, 2}), 3),
                       "rotary: steps 3 to 5 of 4 positions, 2 features", Error);
  CHECK_THROWS_AS(make_rotary(4, 3, 1e4, RotaryPairs::halves), Error);
}
