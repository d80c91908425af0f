// The convolution kernel of a diagonal-plus-low-rank state space by its generating function at the
// roots of unity. Gu et al. 2021 (S4), arXiv 2111.00396, section 3.2 and appendix C.
#pragma once
#include "offprint/core/tensor.h"

namespace offprint::kernels {

// Sums of resolvents at z = exp(-2 pi i l / L), l = 0 .. L/2, over modes and their conjugate twins:
//   S[h,m,l] = sum_n v[h,m,n] / d(x[h,n], z_l) + conj(v[h,m,n]) / d(conj(x[h,n]), z_l),
//   d(x, z) = (1 - z) - x (1 + z) / 2
//   v  (H,M,N)  complex64 or complex128
//   x  (H,N)    eigenvalue times step, real parts < 0, same type
// Returns (H,M,L/2+1) complex. Differentiable; blocks of l bound the extra memory to a few
// (H,N,256). Any device. Throws Error on a shape or type mismatch or L < 1.
Tensor cauchy_sums(const Tensor& v, const Tensor& x, int64_t L);

// Kernel of x' = (diag(lambda) - sum_r P_r P_r^*) x + B u, y = C x under the bilinear rule with
// step dt, for vectors stored as one half of conjugate pairs (their twins are implied):
//   lambda, B, C  (H,N) complex;  P (H,R,N) complex, R is 1 or 2;  dt (H) real, > 0
// C is the truncated readout C (I - A_bar^L), so that the kernel of L taps is not aliased; see
// truncated_readout. Returns (H,L) real. Differentiable in all.
Tensor nplr_kernel(const Tensor& lambda, const Tensor& P, const Tensor& B, const Tensor& C,
                   const Tensor& dt, int64_t L);

// The same system written out densely with the twins, discretised by the bilinear rule.
struct DenseDiscrete {
  Tensor A, B;  // (H,2N,2N), (H,2N) complex
};
DenseDiscrete nplr_dense(const Tensor& lambda, const Tensor& P, const Tensor& B, const Tensor& dt);

// C (I - A_bar^L) for a stored half C (H,N), and back. O(H N^3 log L).
Tensor truncated_readout(const Tensor& C, const Tensor& A_bar, int64_t L);
Tensor full_readout(const Tensor& truncated, const Tensor& A_bar, int64_t L);

}  // namespace offprint::kernels
