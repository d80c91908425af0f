#include "offprint/nn/dropout.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;

TEST_CASE("dropout: a share p is zeroed, the rest scaled so that the mean stays") {
  Rng rng(1);
  for (const double p : {0.1, 0.5}) {
    const Tensor y = nn::dropout(at::ones({1'000'003}), p, &rng);
    CHECK(std::abs((y == 0).to(at::kDouble).mean().item<double>() - p) < 2e-3);
    CHECK(std::abs(y.mean(at::kDouble).item<double>() - 1.0) < 3e-3);
  }
}

TEST_CASE("dropout: neighbours and successive masks are independent") {
  Rng rng(2);
  const Tensor a = (nn::dropout(at::ones({400'000}), 0.5, &rng) == 0).to(at::kDouble);
  const Tensor b = (nn::dropout(at::ones({400'000}), 0.5, &rng) == 0).to(at::kDouble);
  CHECK(std::abs((a * b).mean().item<double>() - 0.25) < 4e-3);
  CHECK(std::abs((a.slice(0, 1) * a.slice(0, 0, -1)).mean().item<double>() - 0.25) < 4e-3);
}

TEST_CASE("dropout: the gradient passes exactly where the value did") {
  Rng rng(3);
  const Tensor x = at::ones({1000}).requires_grad_();
  const Tensor y = nn::dropout(x, 0.3, &rng);
  y.sum().backward();
  CHECK(x.grad().equal(y.detach()));
}

TEST_CASE("dropout: one thread and two, float and double draw the same mask") {
  const auto mask = [](int threads, at::ScalarType type) {
    at::set_num_threads(threads);
    Rng rng(4);
    return nn::dropout(at::ones({100'001}, type), 0.25, &rng) == 0;
  };
  const Tensor one = mask(1, at::kFloat);
  CHECK(one.equal(mask(2, at::kFloat)));
  CHECK(one.equal(mask(2, at::kDouble)));
}

TEST_CASE("dropout: evaluation changes nothing and a probability of one is refused") {
  Rng rng(5);
  const Tensor x = rng.normal({10});
  CHECK(nn::dropout(x, 0.5, nullptr).equal(x));
  CHECK_THROWS_WITH_AS(nn::dropout(x, 1.0, &rng), "dropout: p is 1, expected 0 <= p < 1", Error);
}
