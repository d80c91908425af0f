// The sums over rows that Newton's method on a logistic loss is made of, fast on the CPU: signed
// rows z_i = y_i (x_i, 1), y_i = -1 or 1, in blocks of 64 rows with the features outermost, so that
// the lanes of a vector run along rows. All sums are means over the n rows.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "offprint/core/tensor.h"

namespace offprint::kernels {

struct LogisticRows {
  int64_t n = 0, width = 0;    // width D+1, the intercept last
  std::vector<double> blocks;  // (n/64 upwards, D+1, 64); rows beyond n are 0
};

// X (N,D) and y (N) of 0 and 1, float64. Throws Error on other shapes or types.
LogisticRows logistic_rows(const Tensor& X, const Tensor& y);

using Doubles = std::vector<double>;

// m_i = z_i w, (N). w (D+1).
Doubles margins(const LogisticRows& rows, std::span<const double> w);
// The gradient's sum, mean a_i z_i, (D+1). a (N).
Doubles weighted_mean(const LogisticRows& rows, std::span<const double> a);
// mean h_i z_i z_i^T, (D+1,D+1), both triangles. h (N).
Doubles weighted_products(const LogisticRows& rows, std::span<const double> h);

// a_i = 1 / (1 + exp(m_i)), what the loss log(1 + exp(-m)) falls with.
Doubles pulls(std::span<const double> m);

// Mean log(1 + exp(-m_i)) at m = start + step * move, and its derivative by step. 2e-16 a row.
struct LossAlong {
  double loss = 0, slope = 0;
};
LossAlong loss_along(std::span<const double> start, std::span<const double> move, double step);

}  // namespace offprint::kernels
