// Every window and column of a series in its own scale, so that a forecaster sees shapes and not
// levels: taken off before the network and put back after it. Kim et al. 2022 (RevIN), ICLR,
// without its learnt part; iTransformer and S-Mamba do it so.
#pragma once
#include <string>

#include "offprint/core/tensor.h"

namespace offprint::nn {

struct WindowScale {
  Tensor centre, spread;  // (B,1,V)
};

// Of windows (B,L,V): spread is sqrt(variance + 1e-5), so that a column that does not move is
// divided by 0.003 and not by zero; centre is the mean, or the last value. "none": 0 and 1.
// Throws Error on another word.
WindowScale window_scale(const Tensor& windows, const std::string& centre);

Tensor scaled(const WindowScale& scale, const Tensor& x);    // (B,T,V)
Tensor unscaled(const WindowScale& scale, const Tensor& x);  // and back

}  // namespace offprint::nn
