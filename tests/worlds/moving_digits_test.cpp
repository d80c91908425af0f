#include "offprint/worlds/moving_digits.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::worlds;

TEST_CASE("moving digits: what is painted is the image, wherever it is") {
  Rng rng(1);
  const Tensor images = 0.9 * rng.uniform({3, 4, 4});
  const Tensor clips = moving_digits(images, 20, {.side = 9, .frames = 30}, rng);
  CHECK(clips.sizes() == at::IntArrayRef{20, 30, 9, 9});
  const Tensor mass = clips.sum({2, 3});  // blending loses nothing within the frame
  for (int64_t clip = 0; clip < 20; ++clip) {
    CHECK((mass[clip].max() - mass[clip].min()).item<double>() < 1e-3);
    CHECK((images.sum({1, 2}) - mass[clip][0]).abs().min().item<double>() < 1e-3);
  }
}

TEST_CASE("moving digits: smooth between the edges, of chance at them") {
  Rng rng(2);
  const Tensor dot = at::ones({1, 1, 1});
  const Tensor clips = moving_digits(dot, 200, {.side = 16, .frames = 40, .fastest = 1.5}, rng);
  const Tensor row = at::arange(16).to(at::kFloat);
  const Tensor place = (clips.sum(3) * row).sum(2);  // (200,40): centre along one axis
  const Tensor step = place.slice(1, 1) - place.slice(1, 0, 39);
  CHECK(step.abs().max().item<double>() < 1.51);
  CHECK(place.min().item<double>() >= 0);
  CHECK(place.max().item<double>() <= 15.001);
  const Tensor turn = (step.slice(1, 1) - step.slice(1, 0, 38)).abs() > 1e-3;
  const double turns = turn.to(at::kDouble).mean().item<double>();
  CHECK(turns > 0.02);
  CHECK(turns < 0.4);
  Rng a(5), b(5);
  CHECK(moving_digits(dot, 3, {}, a).equal(moving_digits(dot, 3, {}, b)));
  CHECK_THROWS_AS(moving_digits(at::ones({1, 20, 20}), 1, {}, rng), Error);
}
