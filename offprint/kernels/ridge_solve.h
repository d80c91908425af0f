// Normal equations of features on very different scales, nearly dependent: symmetric systems with
// every diagonal entry scaled to one and a hair of ridge, so that float64 is enough.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// x of S x = right with S (E,E) positive semidefinite and right (E,K): D (D S D + ridge I)^-1 D
// right, D = diag(S)^-1/2. Features that are zero get zero. float64. Throws Error on other shapes.
Tensor ridge_solve(const Tensor& S, const Tensor& right, double ridge = 1e-10);

}  // namespace offprint::kernels
