#include "offprint/models/s_mamba.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

namespace {

const char* const kMixers[] = {"two-way", "one-way", "attention", "none"};

SMambaOptions tiny(const char* mixer) {
  SMambaOptions o{.lookback = 12, .horizon = 4, .width = 8, .d_ff = 8, .heads = 2};
  o.mixer = mixer, o.mamba.d_state = 3;
  return o;
}

SMamba made(const char* mixer) { return make_s_mamba(tiny(mixer), Rng(1)); }
Tensor history(uint64_t seed = 2) { return Rng(seed).normal({2, 12, 5}); }

}  // namespace

TEST_CASE("S-Mamba: a column in other units is forecast in other units") {
  for (const char* mixer : kMixers) {
    CAPTURE(mixer);
    const SMamba m = made(mixer);
    const Tensor x = history() * 10, factor = at::tensor({1.f, 2.f, 0.5f, 3.f, 1.f});
    const Tensor offset = at::tensor({0.f, 5.f, -3.f, 1.f, 100.f});
    CHECK(max_abs_diff(forward(m, x * factor + offset), forward(m, x) * factor + offset) < 1e-3);
  }
}

TEST_CASE("S-Mamba: which columns see which follows from the mixer") {
  const Tensor x = history();
  Tensor changed = x.clone();
  changed.select(2, 2).copy_(history(3).select(2, 2));
  const auto touched = [&](const char* mixer) {
    const SMamba m = made(mixer);
    const Tensor off = (forward(m, changed) - forward(m, x)).abs().amax({0, 1});
    std::vector<bool> out;
    for (int64_t v = 0; v < 5; ++v) out.push_back(off[v].item<double>() > 1e-7);
    return out;
  };
  CHECK(touched("two-way") == std::vector{true, true, true, true, true});
  CHECK(touched("attention") == std::vector{true, true, true, true, true});
  CHECK(touched("one-way") == std::vector{false, false, true, true, true});
  CHECK(touched("none") == std::vector{false, false, true, false, false});
}

TEST_CASE("S-Mamba: attention does not know the order of the columns, Mamba does") {
  const Tensor order = at::tensor({3, 0, 4, 2, 1}, at::kLong), x = history();
  const auto change = [&](const char* mixer) {
    const SMamba m = made(mixer);
    return max_abs_diff(forward(m, x.index_select(2, order)), forward(m, x).index_select(2, order));
  };
  CHECK(change("attention") < 1e-5);
  CHECK(change("none") < 1e-5);
  CHECK(change("two-way") > 1e-4);
}

TEST_CASE("S-Mamba: twins share every weight outside the mixer") {
  const auto outside = [](const char* mixer) {
    SMamba m = made(mixer);
    std::vector<Tensor> weights;
    for (const nn::Parameter& p : nn::parameters_of(m))
      if (p.name.find("mixer") == std::string::npos) weights.push_back(p.tensor);
    return weights;
  };
  const auto first = outside("two-way");
  for (const char* mixer : kMixers) {
    const auto other = outside(mixer);
    REQUIRE(other.size() == first.size());
    for (size_t i = 0; i < first.size(); ++i) CHECK(other[i].equal(first[i]));
  }
}

TEST_CASE("S-Mamba: every parameter learns; dropout changes training alone") {
  for (const char* mixer : kMixers) {
    CAPTURE(mixer);
    SMamba m = made(mixer);
    Tensors weights;
    for (const nn::Parameter& p : nn::parameters_of(m)) weights.push_back(p.tensor);
    const Tensors slopes = gradients({forward(m, history()).square().sum()}, weights);
    for (const Tensor& slope : slopes) CHECK(slope.abs().max().item<double>() > 0);
    Rng rng(4);
    CHECK(max_abs_diff(forward(m, history(), &rng), forward(m, history())) > 1e-3);
    CHECK(forward(m, history()).equal(forward(m, history())));
  }
}

TEST_CASE("S-Mamba: wrong sizes are one line") {
  CHECK_THROWS_WITH_AS(made("twoway"), "mixer 'twoway', expected two-way|one-way|attention|none",
                       Error);
  CHECK_THROWS_WITH_AS(forward(made("none"), at::zeros({2, 11, 5})),
                       "S-Mamba: history is (2,11,5), expected (B,12,V)", Error);
  SMambaOptions o = tiny("none");
  o.depth = 0;
  CHECK_THROWS_AS(make_s_mamba(o, Rng(1)), Error);
}
