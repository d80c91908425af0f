// State spaces whose matrix is a shift plus one column, A = S + a e_d^T: ones below the diagonal, a
// in the last column. Zhang et al. 2023 (SpaceTime), arXiv 2303.09489, sections 3 and 4.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// The output filter F[h,k] = C[h] A[h]^k B[h], k = 0 .. length-1.
//   a, B, C  (H,d)  float32 or float64, all of one type
// Returns (H,length) in O(H (d + length) log), for d below and above length. Differentiable in all
// three. The paper takes C (I - A z)^-1 B at the roots of unity by Woodbury and then needs
// C (I - A^length); here the same Woodbury identity is one of power series,
//   C R B + z (C R a)(e_d^T R B) / (1 - z e_d^T R a),  R = (I - z S)^-1,
// cut off at z^length, which needs no power of A and has no poles on the circle. Any device.
// Throws Error on a shape or type mismatch or length < 1.
Tensor companion_filter(const Tensor& a, const Tensor& B, const Tensor& C, int64_t length);

// The same by dense products with A, O(H d^2 length): the oracle. Differentiable.
Tensor companion_filter_reference(const Tensor& a, const Tensor& B, const Tensor& C,
                                  int64_t length);

Tensor companion_matrix(const Tensor& a);  // (H,d) -> A (H,d,d)

// The rows C M^k, k = 0 .. length-1, of any square M, by repeated squaring: what an autonomous
// system shows of its state x_{k+1} = M x_k. The closed loop is M = A + B K.
//   C (H,r,d), M (H,d,d)
// Returns (H,length,r,d) in O(H d^2 (r length + d log length)). Differentiable. Throws Error on a
// shape mismatch or length < 1.
Tensor observability(const Tensor& C, const Tensor& M, int64_t length);

// The states after each sequence, sum_j A^(L-1-j) B u[b,h,j], from rest.
//   u (B,H,L), a and B (H,d), all of one type
// Returns (B,H,d). Differentiable. Throws Error on a shape mismatch.
Tensor companion_state(const Tensor& a, const Tensor& B, const Tensor& u);

}  // namespace offprint::kernels
