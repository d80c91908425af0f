#include "offprint/models/video_sde.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/nn/optimizer.h"

using namespace offprint;
using namespace offprint::models;

namespace {

const VideoSdeOptions kSmall = {.side = 8, .motion = 2, .content = 3, .features = 8, .width = 12};

VideoSdeOptions with_noise(const char* noise) {
  VideoSdeOptions o = kSmall;
  o.noise = noise;
  return o;
}

}  // namespace

TEST_CASE("video: bound and prediction have their shapes with each kind of noise") {
  for (const char* noise : {"fractional", "brownian", "none"}) {
    CAPTURE(noise);
    Rng rng(1);
    const VideoSde m = make_video_sde(with_noise(noise), rng);
    const Tensor clips = rng.uniform({5, 6, 8, 8});
    const VideoBound b = video_bound(m, clips, rng);
    CHECK(b.bound.sizes() == at::IntArrayRef{5});
    CHECK(b.frames.sizes() == clips.sizes());
    CHECK(b.frames.min().item<double>() >= 0);
    CHECK(predict_video(m, clips, 4, rng).sizes() == at::IntArrayRef{5, 4, 8, 8});
    Rng a(3), c(3);
    CHECK(predict_video(m, clips, 4, a).equal(predict_video(m, clips, 4, c)));
  }
  Rng other(1);
  CHECK_THROWS_WITH_AS(make_video_sde(with_noise("pink"), other),
                       "video: unknown noise 'pink', expected fractional|brownian|none", Error);
}

TEST_CASE("video: every part takes gradients, the index too, and a few steps raise the bound") {
  Rng rng(2);
  VideoSde m = make_video_sde(kSmall, rng);
  nn::Optimizer optimizer(nn::parameters_of(m), {.kind = "adam", .lr = 5e-3, .weight_decay = 0});
  Tensor clips = at::zeros({16, 6, 8, 8});  // a square that walks along a row of chance
  for (int64_t clip = 0; clip < 16; ++clip)
    for (int64_t t = 0, row = rng.integer(6); t < 6; ++t)
      clips[clip][t].slice(0, row, row + 3).slice(1, t, t + 3).fill_(1);
  std::vector<double> bounds;
  for (int step = 0; step < 60; ++step) {
    optimizer.zero_gradients();
    const Tensor loss = -video_bound(m, clips, rng).bound.mean();
    loss.backward();
    if (step == 2)
      for (const nn::Parameter& p : optimizer.parameters()) {
        CAPTURE(p.name);
        REQUIRE(p.tensor.grad().defined());
        CHECK(p.tensor.grad().abs().max().item<double>() > 0);
      }
    optimizer.clip_gradients(100);
    optimizer.step(1);
    bounds.push_back(-loss.item<double>());
  }
  CHECK(bounds.back() > bounds.front() + 50);
}
