#include "offprint/models/token_model.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

namespace {

const TrunkOptions kSmall = {
    .length = 16, .width = 8, .depth = 2, .expand = 2, .heads = 2, .blocks = 2};

int64_t count_of(const TrunkOptions& o) {
  Rng rng(0);
  TokenModel m = make_token_model(32, o, rng);
  return nn::parameter_count(nn::parameters_of(m));
}

}  // namespace

TEST_CASE("token model: every causal form gives the same logits whatever comes later") {
  for (const char* mixer : {"attention", "m2", "m2-residual", "monarch"}) {
    CAPTURE(mixer);
    Rng rng(1);
    TrunkOptions o = kSmall;
    o.mixer = mixer;
    const TokenModel m = make_token_model(32, o, rng);
    Tensor tokens = rng.integers({2, 16}, 32);
    const Tensor before = forward(m, tokens);
    tokens.narrow(1, 9, 7).fill_(3);
    const Tensor after = forward(m, tokens);
    CHECK(max_abs_diff(before.narrow(1, 0, 9), after.narrow(1, 0, 9)) < 1e-5);
    CHECK(max_abs_diff(before.narrow(1, 9, 7), after.narrow(1, 9, 7)) > 1e-4);
  }
}

TEST_CASE("token model: forms that look both ways do, and shorter input is taken") {
  for (const char* mixer : {"attention", "m2"}) {
    Rng rng(2);
    TrunkOptions o = kSmall;
    o.mixer = mixer, o.causal = false;
    const TokenModel m = make_token_model(32, o, rng);
    Tensor tokens = rng.integers({1, 10}, 32);
    const Tensor before = forward(m, tokens);
    CHECK(before.sizes() == at::IntArrayRef({1, 10, 32}));
    tokens[0][9] = (tokens[0][9] + 1).remainder(32);
    CHECK(max_abs_diff(before.narrow(1, 0, 9), forward(m, tokens).narrow(1, 0, 9)) > 1e-6);
  }
}

TEST_CASE("token model: block-diagonal feed-forward has a fraction of the dense one's parameters") {
  TrunkOptions dense = kSmall;
  dense.feed = "dense";
  const int64_t maps = 2 * 2 * 8 * 16;  // two maps in each of two blocks
  CHECK(count_of(dense) - count_of(kSmall) == maps / 2);
}

TEST_CASE("token model: the width for a budget is the nearest there is") {
  TrunkOptions o = kSmall;
  const int64_t wanted = 9000, width = trunk_width_for(32, o, wanted);
  const auto off = [&](int64_t w) {
    o.width = w;
    return std::abs(count_of(o) - wanted);
  };
  CHECK(width % 2 == 0);
  CHECK(off(width) <= off(width + 2));
  CHECK(off(width) <= off(width - 2));
}

TEST_CASE("patch model: a patch is a token, whose place counts") {
  Rng rng(3);
  TrunkOptions o = kSmall;
  o.causal = false;
  const PatchModel m = make_patch_model(8, 4, 10, o, rng);
  CHECK(m.trunk.options.length == 4);
  Tensor image = at::zeros({2, 8, 8});
  image[0].slice(0, 0, 4).slice(1, 4, 8).fill_(1);  // right above
  image[1].slice(0, 4, 8).slice(1, 0, 4).fill_(1);  // left below
  const Tensor y = forward(m, image);
  CHECK(y.sizes() == at::IntArrayRef({2, 10}));
  CHECK(max_abs_diff(y[0], y[1]) > 1e-5);
  CHECK_THROWS_AS(make_patch_model(10, 4, 10, o, rng), Error);
  CHECK_THROWS_AS(forward(m, at::zeros({2, 8, 7})), Error);
}

TEST_CASE("token model: what it does not know or take is one line") {
  Rng rng(4);
  TrunkOptions o = kSmall;
  o.mixer = "conv";
  CHECK_THROWS_WITH_AS(make_trunk(o, rng),
                       "mixer 'conv', expected attention|m2|m2-residual|monarch", Error);
  o.mixer = "m2", o.feed = "sparse";
  CHECK_THROWS_AS(make_trunk(o, rng), Error);
  const TokenModel m = make_token_model(32, kSmall, rng);
  CHECK_THROWS_AS(forward(m, rng.integers({1, 17}, 32)), Error);
}
