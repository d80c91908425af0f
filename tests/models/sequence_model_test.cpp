#include "offprint/models/sequence_model.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/options.h"
#include "offprint/models/catalog.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using models::SequenceOptions;

namespace {

SequenceOptions small(const std::string& kind) {
  SequenceOptions o{.channels = 2, .outputs = 3, .length = 20, .width = 8, .depth = 2};
  o.mixer.kind = kind;
  o.mixer.s4d.d_state = 8;
  return o;
}

}  // namespace

TEST_CASE("sequence model: every mixer gives one output a sequence, or one a step") {
  for (const std::string& kind : models::sequence_layer_names()) {
    CAPTURE(kind);
    Rng rng(1);
    SequenceOptions o = small(kind);
    const Tensor x = rng.normal({4, 20, 2});
    CHECK(shape_text(forward(make_sequence_model(o, rng), x)) == "(4,3)");
    o.every_step = true;
    CHECK(shape_text(forward(make_sequence_model(o, rng), x)) == "(4,20,3)");
  }
}

TEST_CASE("sequence model: outputs at each step do not see later inputs") {
  for (const std::string& kind : models::sequence_layer_names()) {
    CAPTURE(kind);
    Rng rng(2);
    SequenceOptions o = small(kind);
    o.every_step = true;
    const auto model = make_sequence_model(o, rng);
    const Tensor x = rng.normal({2, 20, 2});
    const Tensor before = forward(model, x);
    Tensor changed = x.clone();
    changed.select(1, 12).add_(1.0);
    const Tensor after = forward(model, changed);
    CHECK(max_abs_diff(before.narrow(1, 0, 12), after.narrow(1, 0, 12)) < 1e-5);
    CHECK(max_abs_diff(before.select(1, 12), after.select(1, 12)) > 1e-4);
  }
}

TEST_CASE("sequence model: every parameter of every mixer gets a gradient") {
  for (const std::string& kind : models::sequence_layer_names())
    for (const bool prenorm : {true, false}) {
      CAPTURE(kind);
      CAPTURE(prenorm);
      Rng rng(3);
      SequenceOptions o = small(kind);
      o.prenorm = prenorm;
      auto model = make_sequence_model(o, rng);
      const auto parameters = nn::parameters_of(model);
      forward(model, rng.normal({4, 20, 2}), &rng).pow(2).sum().backward();
      for (const auto& p : parameters) {
        CAPTURE(p.name);
        if (!p.options.trainable) continue;
        REQUIRE(p.tensor.grad().defined());
        CHECK(p.tensor.grad().abs().max().item<double>() > 0.0);
      }
    }
}

TEST_CASE("sequence model: sequences of a batch do not see each other") {
  for (const std::string& kind : models::sequence_layer_names()) {
    CAPTURE(kind);
    Rng rng(4);
    const auto model = make_sequence_model(small(kind), rng);
    const Tensor x = rng.normal({5, 20, 2});
    CHECK(max_abs_diff(forward(model, x).narrow(0, 3, 1), forward(model, x.narrow(0, 3, 1))) <
          1e-5);
  }
}

TEST_CASE("sequence model: the same seed makes the same model, dropout only acts with an rng") {
  Rng one(5), two(5);
  const auto a = make_sequence_model(small("cnn"), one), b = make_sequence_model(small("cnn"), two);
  const Tensor x = Rng(6).normal({2, 20, 2});
  CHECK(forward(a, x).equal(forward(b, x)));
  Rng dropout(7);
  CHECK(max_abs_diff(forward(a, x), forward(a, x, &dropout)) > 1e-4);
}

TEST_CASE("sequence model: the width for a budget is the best one") {
  for (const std::string& kind : models::sequence_layer_names()) {
    CAPTURE(kind);
    SequenceOptions o = small(kind);
    const auto distance = [&](int64_t width) {
      o.width = width;
      Rng rng(8);
      auto model = make_sequence_model(o, rng);
      return std::abs(nn::parameter_count(nn::parameters_of(model)) - 20'000);
    };
    const int64_t width = models::width_for_budget(o, 20'000);
    const int64_t unit = kind == "transformer" || kind == "chimera" ? o.mixer.heads : 1;
    CHECK(distance(width) <= distance(width + unit));
    CHECK(distance(width) <= distance(width - unit));
    CHECK(distance(width) < 2'000);
  }
}

TEST_CASE("sequence model: the convolutions of all blocks together reach over the whole length") {
  Rng rng(9);
  SequenceOptions o = small("cnn");
  o.every_step = true;
  o.length = 200;
  o.depth = 3;
  const auto model = make_sequence_model(o, rng);
  Tensor x = rng.normal({1, 200, 2});
  const Tensor before = forward(model, x);
  x.select(1, 0).add_(10.0);
  CHECK(max_abs_diff(before.select(1, 199), forward(model, x).select(1, 199)) > 1e-6);
}

TEST_CASE("sequence model: bad sizes and names are one line") {
  Rng rng(10);
  CHECK_THROWS_WITH_AS(models::make_sequence_model({.width = 0}, rng),
                       "sequence model: 1 channels, 1 outputs, width 0, depth 4, expected positive "
                       "sizes",
                       Error);
  CHECK_THROWS_AS(make_sequence_model(small("s5d"), rng), Error);
  const auto model = make_sequence_model(small("cnn"), rng);
  CHECK_THROWS_WITH_AS(forward(model, at::zeros({4, 20, 3})),
                       "sequence model: x is (4,20,3), expected (B,L,2)", Error);
  CHECK_THROWS_WITH_AS(forward(model, at::zeros({4, 0, 2})),
                       "sequence model: x is (4,0,2), expected (B,L,2)", Error);
}

TEST_CASE("s4 takes its HiPPO basis from the options, and they keep it") {
  Rng rng(9);
  SequenceOptions o;
  o.width = 4, o.depth = 1, o.length = 32, o.mixer.kind = "s4", o.mixer.s4d.d_state = 8;
  o.mixer.basis = "fout";
  const models::SequenceModel model = make_sequence_model(o, rng);
  const nn::S4& layer = std::get<nn::S4>(model.blocks[0].mixer.layer);
  const Tensor turns = layer.A_im[0] / (2 * M_PI);  // FouT's frequencies are whole turns a window
  CHECK(max_abs_diff(turns, at::arange(4, at::kFloat)) < 1e-5);
  SequenceOptions read;
  options_from_json(option_fields(read), options_to_json(option_fields(o)), "test");
  CHECK(read.mixer.basis == "fout");
  o.mixer.basis = "lmu";
  CHECK_THROWS_WITH_AS(make_sequence_model(o, rng),
                       "nplr: lmu is legt in other coordinates, expected legt", Error);
}
