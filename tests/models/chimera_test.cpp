#include "offprint/models/chimera.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

namespace {

ChimeraOptions tiny(const char* decoder) {
  ChimeraOptions o{.lookback = 18, .horizon = 5, .width = 6, .depth = 1, .patch = 2, .season = 4};
  o.loop_states = 4, o.decoder = decoder, o.block.mamba.d_state = 3;
  return o;
}

Chimera made(const char* decoder) { return make_chimera(tiny(decoder), Rng(1)); }
Tensor history(uint64_t seed = 2) { return Rng(seed).normal({2, 18, 4}); }

}  // namespace

TEST_CASE("Chimera: a column in other units is forecast in other units") {
  for (const char* decoder : {"linear", "closed-loop"})
    for (const char* centre : {"mean", "last"}) {
      ChimeraOptions o = tiny(decoder);
      o.centre = centre;
      const Chimera m = make_chimera(o, Rng(1));
      const Tensor x = history() * 10, factor = at::tensor({1.f, 2.f, 0.5f, 3.f});
      const Tensor offset = at::tensor({0.f, 5.f, -3.f, 100.f});
      CHECK(max_abs_diff(forecast(m, x * factor + offset, 5), forecast(m, x, 5) * factor + offset) <
            2e-3);
    }
}

TEST_CASE("Chimera: two heads where the season fits in twice, one where it does not") {
  Chimera m = made("linear");
  CHECK(m.blocks[0].season.size() == 2);
  CHECK(m.blocks[0].season[0].period == 2);  // four rows are two cells
  for (const int64_t season : {1, 2, 20}) {
    ChimeraOptions o = tiny("linear");
    o.season = season;
    CHECK(make_chimera(o, Rng(1)).blocks[0].season.empty());
  }
}

TEST_CASE("Chimera: columns see each other, and every parameter learns") {
  for (const char* decoder : {"linear", "closed-loop"}) {
    Chimera m = made(decoder);
    const Tensor x = history();
    Tensor changed = x.clone();
    changed.select(2, 1).copy_(history(3).select(2, 1));
    const Tensor off = (forecast(m, changed, 5) - forecast(m, x, 5)).abs().amax({0, 1});
    CHECK(off.min().item<double>() > 1e-7);
    Tensors weights;
    for (const nn::Parameter& p : nn::parameters_of(m)) weights.push_back(p.tensor);
    const Tensor windows = Rng(4).normal({3, 23, 4});
    for (const Tensor& slope : gradients({training_loss(m, windows, 5, nullptr)}, weights))
      CHECK(slope.abs().max().item<double>() > 0);
    Rng rng(5);
    CHECK(max_abs_diff(forecast(m, x, 5, &rng), forecast(m, x, 5)) > 1e-4);
  }
}

TEST_CASE("Chimera: the closed loop's longer forecast begins with its shorter one") {
  const Chimera m = made("closed-loop");
  const Tensor x = history(), far = forecast(m, x, 31);
  CHECK(far.sizes() == at::IntArrayRef{2, 31, 4});
  CHECK(max_abs_diff(far.slice(1, 0, 5), forecast(m, x, 5)) < 1e-5);
  CHECK_THROWS_WITH_AS(forecast(made("linear"), x, 6),
                       "Chimera: horizon 6, expected 5 with the linear decoder", Error);
}

TEST_CASE("Chimera: the loss of the closed loop sees the future in its targets alone") {
  const Chimera m = made("closed-loop");
  const Tensor windows = Rng(6).normal({2, 23, 4});
  // The forecast inside the loss is that of forecast(): a future equal to it has no error there.
  Tensor guessed = windows.clone();
  guessed.slice(1, 18).copy_(forecast(m, windows.slice(1, 0, 18), 5));
  CHECK(training_loss(m, guessed, 5, nullptr).item<double>() <
        training_loss(m, windows, 5, nullptr).item<double>());
}

TEST_CASE("Chimera: the next row follows from the rows up to it") {
  ChimeraOptions o = tiny("closed-loop");
  o.patch = 1;
  const Chimera m = make_chimera(o, Rng(7));
  const Tensor rows = history(), next = next_rows(m, rows);
  CHECK(next.sizes() == rows.sizes());
  Tensor later = rows.clone();
  later.slice(1, 11).fill_(9);
  CHECK(max_abs_diff(next_rows(m, later).slice(1, 0, 11), next.slice(1, 0, 11)) < 1e-5);
  o.centre = "none";
  const Chimera same = make_chimera(o, Rng(7));
  CHECK(max_abs_diff(forecast(same, rows, 1).squeeze(1), next.select(1, -1)) < 1e-5);
  CHECK_THROWS_AS(next_rows(made("closed-loop"), rows), Error);
}

TEST_CASE("Chimera: patches divide the season and leave 24 cells") {
  CHECK(patch_for(96, 24) == 4);
  CHECK(patch_for(336, 24) == 12);
  CHECK(patch_for(96, 7) == 1);
  CHECK(patch_for(96, 1) == 4);
  CHECK(patch_for(10, 24) == 1);
}

TEST_CASE("Chimera: wrong sizes are one line") {
  CHECK_THROWS_WITH_AS(made("loop"), "--decoder: 'loop', expected linear|closed-loop", Error);
  CHECK_THROWS_WITH_AS(forecast(made("linear"), at::zeros({2, 17, 4}), 5),
                       "Chimera: history is (2,17,4), expected (B,18,V)", Error);
  ChimeraOptions o = tiny("linear");
  o.depth = 0;
  CHECK_THROWS_AS(make_chimera(o, Rng(1)), Error);
}
