#include "offprint/nn/perceptron.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::nn;

TEST_CASE("perceptron: shapes, a silent start") {
  Rng rng(6);
  Perceptron loud = make_perceptron({3, 8, 2}, rng);
  CHECK(forward(loud, at::ones({4, 5, 3})).sizes() == at::IntArrayRef{4, 5, 2});
  Perceptron silent = make_perceptron({3, 8, 2}, rng, true);
  CHECK(forward(silent, rng.normal({7, 3})).abs().max().item<double>() == 0);
  CHECK(forward(loud, rng.normal({7, 3})).abs().max().item<double>() > 0);
}

TEST_CASE("perceptron: one width is refused") {
  Rng rng(7);
  CHECK_THROWS_WITH_AS(make_perceptron({3}, rng), "perceptron: 1 widths, expected two or more",
                       Error);
}
