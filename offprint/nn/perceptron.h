// Fully connected layers with tanh between them, the small smooth functions that differential
// equations are made of.
#pragma once
#include <vector>

#include "offprint/nn/linear.h"

namespace offprint::nn {

struct Perceptron {
  std::vector<Linear> layers;
};
void visit(Perceptron& m, auto&& param) { param("layers", m.layers); }

// widths: inputs, hidden .., outputs; two or more. silent: the last layer starts at zero, so that
// the function starts as 0 and learns from there.
Perceptron make_perceptron(const std::vector<int64_t>& widths, Rng& rng, bool silent = false);

Tensor forward(const Perceptron& m, const Tensor& x);  // (...,I) -> (...,O)

}  // namespace offprint::nn
