#include "offprint/nn/monarch_mixer.h"

#include <doctest/doctest.h>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/nn/block_linear.h"
#include "offprint/nn/learned_monarch.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

// Largest |d y_i / d u_j| over j > i, of one output after the other.
double largest_leak(const std::function<Tensor(const Tensor&)>& layer, int64_t width, int64_t L) {
  Rng rng(9);
  const Tensor u = rng.normal({1, width, L}).requires_grad_();
  double worst = 0;
  for (int64_t i = 0; i + 1 < L; ++i) {
    const Tensor slope = gradients({layer(u).select(2, i).sum()}, {u})[0];
    worst = std::max(worst, slope.slice(2, i + 1).abs().max().item<double>());
  }
  return worst;
}

}  // namespace

TEST_CASE("Monarch mixer: by FFT and by Monarch products it is the same map, in both directions") {
  for (const bool causal : {true, false})
    for (const bool residual : {false, true}) {
      Rng one(1), two(1), data(2);
      MonarchMixerOptions o{.width = 6, .length = 20, .causal = causal, .residual = residual};
      const MonarchMixer fft = make_monarch_mixer(o, one);
      o.transform = "monarch";
      const MonarchMixer monarch = make_monarch_mixer(o, two);
      const Tensor u = data.normal({2, 6, 17});
      CHECK(max_abs_diff(forward(fft, u), forward(monarch, u)) < 1e-5);
    }
}

TEST_CASE("Monarch mixer: causal sees no later step, two-sided sees both ways") {
  Rng rng(3);
  const MonarchMixerOptions o{.width = 4, .length = 12, .transform = "monarch"};
  const MonarchMixer causal = make_monarch_mixer(o, rng);
  // Padding separates past and future; what the transform rounds is all that is left.
  CHECK(largest_leak([&](const Tensor& u) { return forward(causal, u); }, 4, 12) < 1e-6);
  MonarchMixerOptions both = o;
  both.causal = false;
  const MonarchMixer two_sided = make_monarch_mixer(both, rng);
  CHECK(largest_leak([&](const Tensor& u) { return forward(two_sided, u); }, 4, 12) > 1e-3);
}

TEST_CASE("learned Monarch: the causal form leaks exactly nothing, the free one does") {
  Rng rng(4);
  const LearnedCausalMonarch causal = make_learned_causal_monarch(3, 11, rng);
  CHECK(largest_leak([&](const Tensor& u) { return forward(causal, u); }, 3, 11) == 0.0);
  const LearnedMonarch free = make_learned_monarch(3, 12, rng);
  CHECK(largest_leak([&](const Tensor& u) { return forward(free, u); }, 3, 12) > 1e-3);
}

TEST_CASE("learned Monarch: begins as a circular convolution with the transform of k") {
  Rng rng(5);
  const LearnedMonarch m = make_learned_monarch(2, 12, rng);
  const Tensor u = rng.normal({3, 2, 12});
  const Tensor expected = at::real(at::fft_ifft(at::fft_fft(u, {}, 2) * m.k.t(), {}, 2));
  CHECK(max_abs_diff(forward(m, u), expected) < 1e-5);
}

TEST_CASE("implicit filter: the window falls, a shorter kernel is the longer one's beginning") {
  Rng rng(6);
  const ImplicitFilter f = make_implicit_filter({.channels = 5, .length = 64}, rng);
  const Tensor k = taps(f, 64);
  CHECK(k.sizes() == at::IntArrayRef({5, 64}));
  CHECK(taps(f, 10).equal(k.narrow(1, 0, 10)));
  // The fastest channel keeps 1 % at 0.3 of the length.
  const Tensor window = at::exp(-f.time * f.decay[4]);
  CHECK(window[19].item<double>() == doctest::Approx(0.01).epsilon(0.1));
  CHECK_THROWS_WITH_AS(taps(f, 65),
                       "implicit filter: 65 taps, expected 1 to the 64 it was made for", Error);
}

TEST_CASE("block linear: equal to the dense matrix with zeros, at a fraction of its parameters") {
  Rng rng(7);
  BlockLinear m = make_block_linear(12, 8, 4, rng);
  const Tensor x = rng.normal({2, 3, 12});
  CHECK(max_abs_diff(forward(m, x), at::linear(x, dense(m), m.bias)) < 1e-6);
  CHECK(parameter_count(parameters_of(m)) == 12 * 8 / 4 + 8);
  CHECK_THROWS_AS(make_block_linear(10, 8, 4, rng), Error);
  CHECK_THROWS_WITH_AS(forward(m, rng.normal({2, 11})),
                       "block_linear: x is (2,11), expected (...,12)", Error);
}

TEST_CASE("Monarch mixer: gradients reach every parameter, and bad shapes are one line") {
  Rng rng(8);
  MonarchMixer m =
      make_monarch_mixer({.width = 4, .length = 9, .causal = false, .residual = true}, rng);
  Parameters parameters = parameters_of(m);
  Tensors leaves;
  for (const Parameter& p : parameters)
    if (p.options.trainable) leaves.push_back(p.tensor);
  const Tensor y = forward(m, rng.normal({2, 4, 9}));
  for (const Tensor& g : gradients({(y * y).sum()}, leaves))
    CHECK(g.abs().max().item<double>() > 0);
  CHECK_THROWS_AS(forward(m, rng.normal({2, 5, 9})), Error);
  CHECK_THROWS_AS(forward(m, rng.normal({2, 4, 10})), Error);
  CHECK_THROWS_AS(make_monarch_mixer({.transform = "fast"}, rng), Error);
}
