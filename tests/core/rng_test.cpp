#include "offprint/core/rng.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace offprint;

TEST_CASE("Rng: one thread and two draw the same numbers") {
  at::set_num_threads(1);
  const Tensor one = Rng(3).normal({100'001});
  at::set_num_threads(2);
  const Tensor two = Rng(3).normal({100'001});
  CHECK(one.equal(two));
}

TEST_CASE("Rng: normals have mean 0, variance 1 and the tails of a Gaussian") {
  const Tensor x = Rng(11).normal({1'000'000}, at::kDouble);
  CHECK(std::abs(x.mean().item<double>()) < 4e-3);
  CHECK(std::abs(x.var().item<double>() - 1.0) < 6e-3);
  const double beyond_two = (x.abs() > 2.0).to(at::kDouble).mean().item<double>();
  CHECK(std::abs(beyond_two - 0.0455) < 1e-3);
}

TEST_CASE("Rng: split streams differ from the parent and each other, and depend on the seed") {
  const Rng root(5);
  CHECK(root.split("init").bits() != root.split("data").bits());
  CHECK(root.split("init").bits() == Rng(5).split("init").bits());
  CHECK(root.split("init").bits() != Rng(6).split("init").bits());
  CHECK(Rng(5).bits() != root.split(uint64_t{0}).bits());
}

TEST_CASE("Rng: a stream continues from a saved state") {
  Rng rng(9);
  rng.normal({7});
  Rng copy = Rng::from(rng.state());
  CHECK(rng.bits() == copy.bits());
}

TEST_CASE("Rng: a permutation holds every index once") {
  auto order = Rng(1).permutation(1000);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 1000; ++i) CHECK(order[static_cast<size_t>(i)] == i);
}

TEST_CASE("Rng: float uniforms never reach 1") {
  CHECK(Rng(2).uniform({4'000'000}).max().item<float>() < 1.0f);
}

TEST_CASE("Rng: the first Philox block is the one of the reference implementation") {
  // Random123's known answer for counter 0, key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  CHECK(Rng(0).bits() == 0xe169c58d6627e8d5u);
}
