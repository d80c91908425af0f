// Long short-term memory, Hochreiter & Schmidhuber 1997, with forget gates: one layer, one way.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct Lstm {
  Tensor input, recurrent, input_bias, recurrent_bias;  // (4H,I) (4H,H) (4H) (4H); gates i f g o
};
void visit(Lstm& m, auto&& param) {
  param("input", m.input);
  param("recurrent", m.recurrent);
  param("input_bias", m.input_bias, {.lr = {}, .weight_decay = 0.0});
  param("recurrent_bias", m.recurrent_bias, {.lr = {}, .weight_decay = 0.0});
}

// Uniform in +-1/sqrt(H); the forget gate starts open (bias 1, Jozefowicz et al. 2015).
Lstm make_lstm(int64_t inputs, int64_t hidden, Rng& rng);
Tensor forward(const Lstm& m, const Tensor& x);  // (B,L,I) -> (B,L,H), from a zero state

}  // namespace offprint::nn
