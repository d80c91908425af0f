#include "offprint/models/hankel_attention.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/kernels/hankel.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::models;

TEST_CASE("Hankel attention: the answer is the filled zero of the last layer's query column") {
  Rng rng(1);
  for (const char* attention : {"linear", "softmax", "softmax-over-n"}) {
    const HankelAttention model =
        make_hankel_attention({.lags = 3, .depth = 3, .attention = attention, .init = 0.3}, rng);
    const Tensor x = rng.normal({5, 20});
    Tensor H = kernels::hankel(x, 3);
    for (const nn::LinearAttention& layer : model.layers)
      H = nn::forward(layer, H, nn::parse_column_attention(attention));
    CHECK(max_abs_diff(forward(model, x), H.select(1, 3).select(1, 17)) < 1e-5);
  }
}

TEST_CASE("Hankel attention: another layer changes nothing until it is trained") {
  Rng rng(2);
  HankelAttention model = make_hankel_attention({.lags = 2, .depth = 2, .init = 0.5}, rng);
  const HankelAttention deeper = with_another_layer(model, rng);
  const Tensor x = rng.normal({4, 12});
  CHECK(deeper.options.depth == 3);
  CHECK(max_abs_diff(forward(model, x), forward(deeper, x)) < 1e-6);
  model.layers[0].P.zero_();
  CHECK(max_abs_diff(forward(model, x), forward(deeper, x)) > 1e-6);  // shares nothing
}

TEST_CASE("Hankel attention: 2 L (p+1)^2 parameters, and sizes of zero are an error") {
  Rng rng(3);
  HankelAttention model = make_hankel_attention({.lags = 7, .depth = 5}, rng);
  CHECK(nn::parameter_count(nn::parameters_of(model)) == 2 * 5 * 64);
  CHECK_THROWS_AS(make_hankel_attention({.lags = 0}, rng), Error);
  CHECK_THROWS_AS(make_hankel_attention({.lags = 2, .depth = 1, .attention = "none"}, rng), Error);
}
