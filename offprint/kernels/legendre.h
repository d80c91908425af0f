// Legendre polynomials and the quadrature that integrates them exactly.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// P_0 .. P_{n-1} at x (L), float64: (n,L). Bonnet's recursion, stable on [-1, 1]. n >= 1.
Tensor legendre(int64_t n, const Tensor& x);

// Gauss-Legendre on [0, 1]: exact for polynomials of degree < 2n. n >= 1.
struct Quadrature {
  Tensor nodes, weights;  // (n), ascending
};
Quadrature gauss_legendre(int64_t n);

}  // namespace offprint::kernels
