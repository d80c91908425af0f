#include "offprint/models/fractional_shape.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

namespace {

kernels::FractionalLine line() {
  return {.driver = kernels::make_mfbm(0.35, 6, 60),
          .dt = 1,
          .pull = 0.1,
          .constant = 0.02,
          .scale = 0.4,
          .noise = 0.05};
}

std::vector<double> values() {
  Rng rng(3);
  std::vector<double> out = {0.3};
  for (int i = 0; i < 60; ++i) out.push_back(0.9 * out.back() + 0.4 * rng.normal());
  out[20] = std::numeric_limits<double>::quiet_NaN();
  return out;
}

}  // namespace

TEST_CASE("fractional shape: silent shapes give the linear equation's evidence on every path") {
  const GuidedSeries s = make_guided_series(line(), values());
  Rng rng(1);
  const FractionalShape m = make_fractional_shape(8, 0.35, rng);
  // From one state of the start, drawn from its posterior, the bound's paths differ by the start
  // alone: given it they weigh the same.
  const Tensor states = guided_states(s, rng)[0].expand({5, 7});
  const WindowBound w = window_bound(m, s, at::zeros({5}, at::kLong), states, 60, rng);
  CHECK((w.bound.max() - w.bound.min()).item<double>() < 0.02);  // float32
  CHECK(w.ends.sizes() == at::IntArrayRef{5, 7});
}

TEST_CASE("fractional shape: the bound's mean is the density of another linear equation") {
  // Shapes that turn the guide's equation into one of another scale, whose evidence is known.
  kernels::FractionalLine guide = line(), other = line();
  guide.start_known = other.start_known = true;
  other.scale = 0.4 * std::exp(0.2);
  const std::vector<double> seen = values();
  const GuidedSeries s = make_guided_series(guide, seen);
  Rng rng(2);
  FractionalShape m = make_fractional_shape(4, 0.35, rng);
  m.diffusion.layers.back().bias.fill_(3 * std::atanh(0.2 / 3));
  // Y(0) from the prior: importance over the start as well, in many paths.
  const int64_t paths = 4000;
  const auto driver_start = kernels::ou_start(guide.driver);
  const auto [spread, axes] = at::linalg_eigh(driver_start);
  const Tensor y = rng.normal({paths, 6}, at::kDouble).matmul((axes * spread.sqrt()).t());
  const Tensor states = at::cat({at::full({paths, 1}, 0.3, at::kDouble), y}, 1).to(at::kFloat);
  const std::vector<double> few(seen.begin(), seen.begin() + 4);
  const GuidedSeries shorter = make_guided_series(guide, few);
  const WindowBound w = window_bound(m, shorter, at::zeros({paths}, at::kLong), states, 3, rng);
  const double weighed =
      w.bound.to(at::kDouble).logsumexp({0}).item<double>() - std::log(static_cast<double>(paths));
  CHECK(weighed == doctest::Approx(kernels::log_evidence(other, few)).epsilon(0.03));
  CHECK(w.bound.mean().item<double>() < weighed);
  CHECK(s.log_det.size(0) == 60);
}

TEST_CASE("fractional shape: index, drift and diffusion all take gradients") {
  const GuidedSeries s = make_guided_series(line(), values());
  Rng rng(4);
  FractionalShape m = make_fractional_shape(8, 0.35, rng);
  const nn::Parameters parameters = nn::parameters_of(m);
  const Tensor states = guided_states(s, rng).slice(0, 0, 9);
  window_bound(m, s, at::arange(9, at::kLong), states, 20, rng).bound.mean().backward();
  for (const nn::Parameter& p : parameters) {
    CAPTURE(p.name);
    REQUIRE(p.tensor.grad().defined());
    // Behind a silent last layer nothing is felt yet.
    if (p.name.ends_with("layers.0.weight") || p.name.ends_with("layers.0.bias")) continue;
    CHECK(p.tensor.grad().abs().max().item<double>() > 0);
  }
  CHECK(hurst_of(m).item<double>() == doctest::Approx(0.35).epsilon(1e-4));
  const Tensor ahead = continue_paths(m, s, states, 12, rng);
  CHECK(ahead.sizes() == at::IntArrayRef{12, 9});
}
