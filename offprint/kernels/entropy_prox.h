// The proximal step of mean-field inference: prox of alpha f on the simplex, f(z) = sum z log z -
// ||z||^2 / 2, whose prox for alpha = 1 is the softmax. Feng, Winston & Kolter 2023 (monotone deep
// Boltzmann machines), arXiv 2307.04990, section 3.
//   (1 - alpha) z_i + alpha log z_i + lambda = x_i,  sum z = 1
// No closed form for alpha != 1: an outer root in lambda by Newton within a bracket, inner roots in
// log z by Newton, which goes one way for every alpha; groups side by side in the lanes of a
// vector. Two states are one root in log(z_1 / z_0).
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

struct EntropyProx {
  Tensor z, log_z;  // (...,k); log z stays finite where z is zero
  Tensor lambda;    // (...)
};

// x (...,k) float32 or float64 on the CPU, k >= 1, alpha > 0. No graph. Throws Error on another
// type, no states or alpha <= 0.
EntropyProx entropy_prox_solution(const Tensor& x, double alpha);

// z alone, differentiable: with S = diag(z / (alpha + (1 - alpha) z)) the Jacobian is
// S - S 1 1^T S / (1^T S 1), symmetric. Other devices take part by bisection in tensor operations.
Tensor entropy_prox(const Tensor& x, double alpha);
// That Jacobian at z times g, both (...,k).
Tensor entropy_prox_jacobian(const Tensor& z, const Tensor& g, double alpha);

// The same by plain bisection, in float64: the oracle, a thousand times slower.
Tensor entropy_prox_reference(const Tensor& x, double alpha);

}  // namespace offprint::kernels
