// The layers of the baselines: LSTM, dilated causal convolution, attention.
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/nn/attention.h"
#include "offprint/nn/causal_conv.h"
#include "offprint/nn/lstm.h"

using namespace offprint;

namespace {

// Changing the input at `when` leaves all outputs before it alone and changes the one at it.
// x (B,L,C) or (B,C,L) with time in dimension `time`.
template <class F>
void check_causal(F f, Tensor x, int64_t time, int64_t when) {
  const Tensor before = f(x);
  x.select(time, when).add_(1.0);
  const Tensor after = f(x);
  CHECK(max_abs_diff(before.narrow(time, 0, when), after.narrow(time, 0, when)) < 1e-6);
  CHECK(max_abs_diff(before.select(time, when), after.select(time, when)) > 1e-4);
}

}  // namespace

TEST_CASE("lstm: equals the gate equations step by step") {
  Rng rng(1);
  const nn::Lstm m = nn::make_lstm(3, 4, rng);
  const Tensor x = rng.normal({2, 6, 3});
  const Tensor y = nn::forward(m, x);
  Tensor h = at::zeros({2, 4}), c = at::zeros({2, 4});
  for (int64_t l = 0; l < 6; ++l) {
    const auto gates = (at::linear(x.select(1, l), m.input, m.input_bias) +
                        at::linear(h, m.recurrent, m.recurrent_bias))
                           .chunk(4, 1);
    c = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
    h = gates[3].sigmoid() * c.tanh();
    CHECK(max_abs_diff(y.select(1, l), h) < 1e-5);
  }
}

TEST_CASE("causal convolution: equals its defining sum") {
  Rng rng(2);
  const nn::CausalConv m = nn::make_causal_conv(2, 3, 4, rng);
  const Tensor x = rng.normal({1, 2, 20}), y = nn::forward(m, x);
  for (int64_t l = 0; l < 20; ++l)
    for (int64_t c = 0; c < 2; ++c) {
      double sum = 0;
      for (int64_t j = 0; j < 3; ++j)
        if (l - 4 * j >= 0)
          sum += m.weight[c][0][2 - j].item<double>() * x[0][c][l - 4 * j].item<double>();
      CHECK(y[0][c][l].item<double>() == doctest::Approx(sum).epsilon(1e-4));
    }
}

TEST_CASE("attention: equals the softmax formula for every head") {
  Rng rng(3);
  const nn::Attention m = nn::make_attention(6, 2, rng);
  const Tensor x = rng.normal({2, 5, 6});
  const Tensor qkv = nn::forward(m.qkv, x);
  Tensor heads = at::empty({2, 5, 6});
  for (int64_t h = 0; h < 2; ++h) {
    const Tensor q = qkv.narrow(2, 3 * h, 3), k = qkv.narrow(2, 6 + 3 * h, 3),
                 v = qkv.narrow(2, 12 + 3 * h, 3);
    const Tensor weights = at::softmax(at::bmm(q, k.transpose(1, 2)) / std::sqrt(3.0), -1);
    heads.narrow(2, 3 * h, 3).copy_(at::bmm(weights, v));
  }
  CHECK(max_abs_diff(nn::forward(m, x, false), nn::forward(m.output, heads)) < 1e-5);
}

TEST_CASE("baseline layers: none sees the future when told to be causal") {
  Rng rng(4);
  const nn::Lstm lstm = nn::make_lstm(4, 4, rng);
  const nn::CausalConv conv = nn::make_causal_conv(4, 3, 2, rng);
  const nn::Attention attention = nn::make_attention(4, 2, rng);
  check_causal([&](const Tensor& x) { return nn::forward(lstm, x); }, rng.normal({2, 9, 4}), 1, 5);
  check_causal([&](const Tensor& x) { return nn::forward(conv, x); }, rng.normal({2, 4, 9}), 2, 5);
  check_causal([&](const Tensor& x) { return nn::forward(attention, x, true); },
               rng.normal({2, 9, 4}), 1, 5);
}

TEST_CASE("attention: heads must divide the width") {
  Rng rng(5);
  CHECK_THROWS_WITH_AS(nn::make_attention(6, 4, rng),
                       "make_attention: width 6 is no multiple of 4 heads", Error);
}
